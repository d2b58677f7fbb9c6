"""Wrong formulas that were printed in books, notes and papers, each in the place of the right one: all are refused.

The right formula is accepted under the same bindings, which come from torch or from a step-by-step computation.
"""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from dlnotes.book.equations import Case, Distribution
from dlnotes.book.latex import EvaluationError, Refuted

torch.manual_seed(0)
K, D, N, T = 4, 3, 5, 6


def rand(*shape):
    return torch.randn(shape, dtype=torch.float64)


def ones(n):
    return torch.ones(n, dtype=torch.float64)


z, x, g = rand(K), rand(D), rand(K)
a, y = torch.softmax(z, 0), torch.softmax(rand(K), 0)
SOFTMAX = {
    r"\mathbf{a}": r"\operatorname{softmax}(\mathbf{z})",
    r"\operatorname{softmax}": lambda v: torch.softmax(v, 0),
}
CROSS_ENTROPY = {r"\mathcal{L}": r"-\sum_{i=1}^{K} y_i \log(a_i)", r"\mathbf{y}": y, "K": K}
LOSS = {r"\mathbf{z}": z, **SOFTMAX, **CROSS_ENTROPY}
FAMILY = {"g": rand(T).abs() + 0.5}
ERRORS = []


def misprint(name, right, wrong, bindings, **options):
    ERRORS.append(pytest.param(right, wrong, bindings, options, id=name))


# Softmax, cross entropy, likelihood

misprint(
    "softmax with the class's own index in the denominator",
    r"a_k = \frac{\exp(z_k)}{\sum_{j=1}^{K} \exp(z_j)}",
    r"a_k = \frac{\exp(z_k)}{\sum_{j=1}^{K} \exp(z_k)}",
    {"a": a, "z": z, "K": K},
    forall={"k": [1, 2, 3]},
)
misprint(
    "softmax's Jacobian with the sign turned",
    r"\frac{\partial \mathbf{a}}{\partial \mathbf{z}} = \operatorname{diag}(\mathbf{a}) - \mathbf{a}\mathbf{a}^\top",
    r"\frac{\partial \mathbf{a}}{\partial \mathbf{z}} = \mathbf{a}\mathbf{a}^\top - \operatorname{diag}(\mathbf{a})",
    LOSS,
)
misprint(
    "softmax's Jacobian with an inner for an outer product",
    r"\frac{\partial \mathbf{a}}{\partial \mathbf{z}} = \operatorname{diag}(\mathbf{a}) - \mathbf{a}\mathbf{a}^\top",
    r"\frac{\partial \mathbf{a}}{\partial \mathbf{z}} = \operatorname{diag}(\mathbf{a}) - \mathbf{a}^\top\mathbf{a}",
    LOSS,
)
misprint(
    "softmax's derivative taken as elementwise",
    r"\frac{\partial a_j}{\partial z_k} = a_j ([j = k] - a_k)",
    r"\frac{\partial a_j}{\partial z_k} = a_j [j = k] (1 - a_k)",
    LOSS,
    forall={"j": [1, 2], "k": [2, 3]},
)
misprint(
    "cross entropy without its minus",
    r"\mathcal{L} = -\sum_{k=1}^{K} y_k \log(a_k)",
    r"\mathcal{L} = \sum_{k=1}^{K} y_k \log(a_k)",
    {r"\mathcal{L}": functional.cross_entropy(z, y), "y": y, "a": a, "K": K},
)
misprint(
    "cross entropy with the logarithm of the label",
    r"\mathcal{L} = -\sum_{k=1}^{K} y_k \log(a_k)",
    r"\mathcal{L} = -\sum_{k=1}^{K} a_k \log(y_k)",
    {r"\mathcal{L}": functional.cross_entropy(z, y), "y": y, "a": a, "K": K},
)
misprint(
    "gradient of cross entropy as y - a",
    r"\frac{\partial \mathcal{L}}{\partial \mathbf{z}} = \mathbf{a} - \mathbf{y}",
    r"\frac{\partial \mathcal{L}}{\partial \mathbf{z}} = \mathbf{y} - \mathbf{a}",
    LOSS,
)
misprint(
    "derivative of the loss by the probabilities without its minus",
    r"\frac{\partial \mathcal{L}}{\partial \mathbf{a}} = -\mathbf{y} \oslash \mathbf{a}",
    r"\frac{\partial \mathcal{L}}{\partial \mathbf{a}} = \mathbf{y} \oslash \mathbf{a}",
    LOSS,
)
PROBABILITY, TARGET = torch.sigmoid(rand()), torch.tensor(0.3, dtype=torch.float64)
BINARY = {"p": PROBABILITY, "y": TARGET, r"\mathcal{L}": functional.binary_cross_entropy(PROBABILITY, TARGET)}
misprint(
    "binary cross entropy without its minus",
    r"\mathcal{L} = -(y \log p + (1 - y) \log(1 - p))",
    r"\mathcal{L} = y \log p + (1 - y) \log(1 - p)",
    BINARY,
)
misprint(
    "binary cross entropy with the same probability in both terms",
    r"\mathcal{L} = -y \log p - (1 - y) \log(1 - p)",
    r"\mathcal{L} = -y \log p - (1 - y) \log p",
    BINARY,
)
misprint(
    "class scores without a class index",
    r"z_k = \sum_{d=1}^{D} W_{kd} x_d + b_k",
    r"z_k = \sum_{d=1}^{D} W_{1d} x_d + b_1",
    {r"\mathbf{W}": (W := rand(K, D)), "b": (b := rand(K)), "x": x, "z": functional.linear(x, W, b), "D": D},
    forall={"k": [1, 2]},
)
misprint(
    "Kullback-Leibler divergence reversed",
    r"D = \sum_{k=1}^{K} y_k \log \frac{y_k}{a_k}",
    r"D = \sum_{k=1}^{K} a_k \log \frac{a_k}{y_k}",
    {"D": functional.kl_div(a.log(), y, reduction="sum"), "y": y, "a": a, "K": K},
)
misprint(
    "stable softmax by division for subtraction of the maximum",
    r"a_k = \frac{\exp(z_k - m)}{\sum_{j=1}^{K} \exp(z_j - m)}",
    r"a_k = \frac{\exp(\frac{z_k}{m})}{\sum_{j=1}^{K} \exp(\frac{z_j}{m})}",
    {"a": a, "z": z, "m": z.max() + 0.5, "K": K},
    forall={"k": [1, 2]},
)
misprint(
    "distillation with the temperature missing in the denominator",
    r"p_k = \frac{\exp(\frac{z_k}{T})}{\sum_{j=1}^{K} \exp(\frac{z_j}{T})}",
    r"p_k = \frac{\exp(\frac{z_k}{T})}{\sum_{j=1}^{K} \exp(z_j)}",
    {"p": torch.softmax(z / 3.0, 0), "z": z, "T": 3.0, "K": K},
    forall={"k": [1, 2]},
)
misprint(
    "posterior odds of two Gaussian classes without the one half",
    r"b_k = \log(q_k) - \frac{1}{2} \boldsymbol{\mu}_k^\top \boldsymbol{\mu}_k",
    r"b_k = \log(q_k) - \boldsymbol{\mu}_k^\top \boldsymbol{\mu}_k",
    {
        "q": y,
        r"\boldsymbol{\mu}": (means := list(rand(K, D))),
        "b": [q.log() - m.square().sum() / 2 for q, m in zip(y, means, strict=True)],
    },
    forall={"k": [1, 2]},
)

# Activations


def activation(name, right, wrong, oracle, **more):
    for value in (-1.3, 0.8):
        point = torch.tensor(value, dtype=torch.float64)
        side = "below" if value < 0 else "above"
        wrongs = wrong if isinstance(wrong, dict) else {"below": wrong, "above": wrong}
        if side in wrongs:
            misprint(f"{name}, {side} zero", right, wrongs[side], {"x": point, "h": oracle(point), **more})


activation(
    "tanh without the minus",
    r"h = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}",
    r"h = \frac{e^{x} e^{-x}}{e^{x} + e^{-x}}",
    torch.tanh,
)
activation(
    "ELU without alpha",
    r"h = \begin{cases} x & x > 0 \\ \alpha (e^{x} - 1) & x \le 0 \end{cases}",
    {"below": r"h = \begin{cases} x & x > 0 \\ e^{x} - 1 & x \le 0 \end{cases}"},
    lambda v: functional.elu(v, alpha=0.7),
    **{r"\alpha": 0.7},
)
activation(
    "sigmoid with the exponent's sign turned", r"h = \frac{1}{1 + e^{-x}}", r"h = \frac{1}{1 + e^{x}}", torch.sigmoid
)
SIGMOID = {r"\sigma": torch.sigmoid, "x": 0.8}
misprint(
    "sigmoid's derivative with a plus",
    r"\sigma'(x) = \sigma(x) (1 - \sigma(x))",
    r"\sigma'(x) = \sigma(x) (1 + \sigma(x))",
    SIGMOID,
)

# Backpropagation: two layers, all sizes distinct

SIZES = (4, 3, 5)
WEIGHTS = {layer: rand(SIZES[layer], SIZES[layer - 1]) for layer in (1, 2)}
BIASES = {layer: rand(SIZES[layer]) for layer in (1, 2)}
NETWORK = {
    r"\mathbf{W}": WEIGHTS,
    r"\mathbf{b}": BIASES,
    r"\mathbf{a}^{[0]}": rand(SIZES[0]),
    "h": torch.tanh,
    r"\mathbf{z}^{[l]}": r"\mathbf{W}^{[l]} \mathbf{a}^{[l-1]} + \mathbf{b}^{[l]}",
    r"\mathbf{a}^{[l]}": r"h(\mathbf{z}^{[l]})",
    r"\mathcal{L}": r"\frac{1}{2} \lVert \mathbf{a}^{[2]} - \mathbf{t} \rVert^2",
    r"\mathbf{t}": rand(SIZES[2]),
    r"\boldsymbol{\delta}^{[l]}": r"\frac{\partial \mathcal{L}}{\partial \mathbf{z}^{[l]}}",
}


def backpropagation(name, right, wrong):
    misprint(name, right, wrong, NETWORK, forall={"l": [1]})


RECURSION = (
    r"\boldsymbol{\delta}^{[l]} = (\mathbf{W}^{[l+1]\top} \boldsymbol{\delta}^{[l+1]}) \odot h'(\mathbf{z}^{[l]})"
)
backpropagation("the layer's own weights in the recursion", RECURSION, RECURSION.replace(r"{W}^{[l+1]", r"{W}^{[l]"))
backpropagation("no transpose in the recursion", RECURSION, RECURSION.replace(r"[l+1]\top", "[l+1]"))
backpropagation("h for its derivative in the recursion", RECURSION, RECURSION.replace("h'", "h"))
backpropagation("a matrix product for the elementwise one", RECURSION, RECURSION.replace(r"\odot", ""))
backpropagation("the next layer's slope in the recursion", RECURSION, RECURSION.replace(r"{z}^{[l]}", r"{z}^{[l+1]}"))
WEIGHT_GRADIENT = (
    r"\frac{\partial \mathcal{L}}{\partial \mathbf{W}^{[l]}} = \boldsymbol{\delta}^{[l]} \mathbf{a}^{[l-1]\top}"
)
backpropagation(
    "factors of the weight gradient exchanged",
    WEIGHT_GRADIENT,
    r"\frac{\partial \mathcal{L}}{\partial \mathbf{W}^{[l]}} = \mathbf{a}^{[l-1]} \boldsymbol{\delta}^{[l]\top}",
)
backpropagation(
    "the layer's own activation in the weight gradient", WEIGHT_GRADIENT, WEIGHT_GRADIENT.replace("l-1", "l")
)
backpropagation(
    "the chain rule as a product of three, in the order of application",
    WEIGHT_GRADIENT,
    r"\frac{\partial \mathcal{L}}{\partial \mathbf{W}^{[l]}} = \frac{\partial \mathcal{L}}{\partial \mathbf{a}^{[l]}}"
    r" \frac{\partial \mathbf{a}^{[l]}}{\partial \mathbf{z}^{[l]}} \mathbf{a}^{[l-1]\top}",
)
misprint(
    "one neuron's weights as a row, transposed again",
    r"z_j = \mathbf{w}_j^\top \mathbf{x}",
    r"z_j = \mathbf{w}_j \mathbf{x}",
    {r"\mathbf{w}": list(W), r"\mathbf{x}": x, "z": W @ x},
    forall={"j": [1, 2]},
)
misprint(
    "a bias of the wrong shape",
    r"\mathbf{b} \in \mathbb{R}^{K}",
    r"\mathbf{b} \in \mathbb{R}^{K \times D}",
    {r"\mathbf{b}": b, "K": K, "D": D},
)

# Regression

X, t, w = rand(N, D), rand(N), rand(D)
REGRESSION = {r"\mathbf{X}": X, r"\mathbf{t}": t, r"\mathbf{w}": w, "N": N, r"\lambda": 0.3}
MSE = {**REGRESSION, r"\mathcal{L}": r"\frac{1}{N} \lVert \mathbf{X}\mathbf{w} - \mathbf{t} \rVert^2"}
GRADIENT = r"\nabla_{\mathbf{w}} \mathcal{L} = \frac{2}{N} \mathbf{X}^\top (\mathbf{X}\mathbf{w} - \mathbf{t})"
misprint("factor 2 missing in the gradient of the mean squared error", GRADIENT, GRADIENT.replace("2", "1"), MSE)
misprint("the sum's gradient for the mean's", GRADIENT, GRADIENT.replace(r"\frac{2}{N}", "2"), MSE)
RIDGE = torch.linalg.solve(X.T @ X + 0.3 * torch.eye(D, dtype=torch.float64), X.T @ t)
SOLUTION = r"\mathbf{w} = (\mathbf{X}^\top \mathbf{X} + \lambda \mathbf{I})^{-1} \mathbf{X}^\top \mathbf{t}"
RIDGE_BINDINGS = {**REGRESSION, r"\mathbf{w}": RIDGE, r"\mathbf{I}": torch.eye(D, dtype=torch.float64)}
misprint("ridge with the penalty's sign turned", SOLUTION, SOLUTION.replace("+", "-"), RIDGE_BINDINGS)
misprint(
    "a regulariser that sums over samples instead of weights",
    r"R = \lambda \sum_{j=1}^{D} w_j^2",
    r"R = \lambda \sum_{j=1}^{N} w_j^2",
    {**REGRESSION, "D": D, "R": 0.3 * float(w @ w)},
)

# Optimisers: three steps of torch's own, from a quadratic's gradients


def trajectory(make, steps=4):
    """Parameters before and after each step, and the gradients."""
    parameter = nn.Parameter(rand(K))
    optimizer = make([parameter])
    points, gradients = [parameter.detach().clone()], []
    for _ in range(steps):
        optimizer.zero_grad()
        (parameter.square() * torch.arange(1.0, K + 1, dtype=torch.float64)).sum().backward()
        gradients.append(parameter.grad.clone())
        optimizer.step()
        points.append(parameter.detach().clone())
    return dict(enumerate(points)), dict(enumerate(gradients, 1)), optimizer.state[parameter]


ETA, BETA1, BETA2, EPSILON = 0.1, 0.8, 0.95, 0.3
THETA, GRADIENTS, _ = trajectory(lambda p: torch.optim.Adam(p, lr=ETA, betas=(BETA1, BETA2), eps=EPSILON))
MOMENTS = {
    r"\mathbf{m}": {t: sum((1 - BETA1) * BETA1 ** (t - i) * GRADIENTS[i] for i in range(1, t + 1)) for t in range(5)},
    r"\mathbf{v}": {
        t: sum((1 - BETA2) * BETA2 ** (t - i) * GRADIENTS[i] ** 2 for i in range(1, t + 1)) for t in range(5)
    },
}
for moments in MOMENTS.values():
    moments[0] = torch.zeros(K, dtype=torch.float64)
ADAM = {
    r"\boldsymbol{\theta}": THETA,
    r"\mathbf{g}": GRADIENTS,
    **MOMENTS,
    r"\eta": ETA,
    r"\beta_1": BETA1,
    r"\beta_2": BETA2,
    r"\varepsilon": EPSILON,
    r"\hat{\mathbf{m}}_t": r"\frac{1}{1 - \beta_1^t} \mathbf{m}_t",
    r"\hat{\mathbf{v}}_t": r"\frac{1}{1 - \beta_2^t} \mathbf{v}_t",
}
ADAM_STEP = (
    r"\boldsymbol{\theta}_t = \boldsymbol{\theta}_{t-1} - \eta \hat{\mathbf{m}}_t"
    r" \oslash (\sqrt{\hat{\mathbf{v}}_t} + \varepsilon)"
)
STEPS = {"forall": {"t": [1, 2, 4]}}
misprint("Adam without the hat on m", ADAM_STEP, ADAM_STEP.replace(r"\hat{\mathbf{m}}", r"\mathbf{m}"), ADAM, **STEPS)
misprint("Adam without the hat on v", ADAM_STEP, ADAM_STEP.replace(r"\hat{\mathbf{v}}", r"\mathbf{v}"), ADAM, **STEPS)
misprint(
    "Adam with epsilon inside the root",
    ADAM_STEP,
    ADAM_STEP.replace(r"(\sqrt{\hat{\mathbf{v}}_t} + \varepsilon)", r"\sqrt{\hat{\mathbf{v}}_t + \varepsilon}"),
    ADAM,
    **STEPS,
)
SECOND_MOMENT = r"\mathbf{v}_t = \beta_2 \mathbf{v}_{t-1} + (1 - \beta_2) \mathbf{g}_t \odot \mathbf{g}_t"
misprint(
    "Adam's second moment from the squared norm of the gradient",
    SECOND_MOMENT,
    r"\mathbf{v}_t = \beta_2 \mathbf{v}_{t-1} + (1 - \beta_2) \lVert \mathbf{g}_t \rVert^2",
    ADAM,
    **STEPS,
)
misprint("Adam with the betas exchanged", SECOND_MOMENT, SECOND_MOMENT.replace("_2", "_1"), ADAM, **STEPS)
misprint(
    "Adam's bias sum with the upper limit t",
    r"1 - \beta_1^t = (1 - \beta_1) \sum_{i=0}^{t-1} \beta_1^i",
    r"1 - \beta_1^t = (1 - \beta_1) \sum_{i=0}^{t} \beta_1^i",
    ADAM,
    **STEPS,
)
PATH, SLOPES, _ = trajectory(lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.7, nesterov=True))
VELOCITY = {0: torch.zeros(K, dtype=torch.float64)}
for step in range(1, 5):
    VELOCITY[step] = 0.7 * VELOCITY[step - 1] + SLOPES[step]
NESTEROV = {r"\boldsymbol{\theta}": PATH, r"\mathbf{g}": SLOPES, r"\mathbf{v}": VELOCITY, r"\eta": 0.05, r"\mu": 0.7}
misprint(
    "heavy ball called Nesterov",
    r"\boldsymbol{\theta}_t = \boldsymbol{\theta}_{t-1} - \eta (\mathbf{g}_t + \mu \mathbf{v}_t)",
    r"\boldsymbol{\theta}_t = \boldsymbol{\theta}_{t-1} - \eta \mathbf{v}_t",
    NESTEROV,
    **STEPS,
)
CLIPPED = rand(K)
CLIPPED_AFTER = CLIPPED * min(1.0, 0.5 / float(CLIPPED.norm()))
misprint(
    "clipping that stretches small gradients",
    r"\mathbf{g} \leftarrow \mathbf{g} \min(1, \frac{c}{\lVert \mathbf{g} \rVert})",
    r"\mathbf{g} \leftarrow \mathbf{g} \max(1, \frac{c}{\lVert \mathbf{g} \rVert})",
    {r"\mathbf{g}": CLIPPED, "c": 0.5},
    after={r"\mathbf{g}": CLIPPED_AFTER},
)

# Normalisation, convolution, recurrent networks, attention

BATCH = rand(N)
NORMALISED = functional.batch_norm(BATCH[:, None], None, None, training=True, eps=0.2)[:, 0]
NORM = {
    "x": BATCH,
    r"\hat{x}": NORMALISED,
    r"\mu": BATCH.mean(),
    "N": N,
    r"\varepsilon": 0.2,
    r"\sigma^2": r"\frac{1}{N} \sum_{j=1}^{N} (x_j - \mu)^2",
}
NORMALISE = r"\hat{x}_i = \frac{x_i - \mu}{\sqrt{\frac{1}{N} \sum_{j=1}^{N} (x_j - \mu)^2 + \varepsilon}}"
misprint(
    "batch normalisation with the unbiased variance",
    NORMALISE,
    NORMALISE.replace(r"\frac{1}{N}", r"\frac{1}{N - 1}"),
    NORM,
    forall={"i": [1, 2]},
)
misprint(
    "batch normalisation with epsilon outside the root",
    NORMALISE,
    NORMALISE.replace(r" + \varepsilon}}", r"} + \varepsilon}"),
    NORM,
    forall={"i": [1, 2]},
)
IMAGE, KERNEL = rand(7), rand(3)
CORRELATED = functional.conv1d(IMAGE[None, None], KERNEL[None, None])[0, 0]
misprint(
    "a convolution where the layer computes a correlation",
    r"y_i = \sum_{j=1}^{3} k_j x_{i + j - 1}",
    r"y_i = \sum_{j=1}^{3} k_j x_{i - j + 3}",
    {"y": CORRELATED, "k": KERNEL, "x": IMAGE},
    forall={"i": [1, 4]},
)


def output_size(height, kernel, stride, padding):
    image = torch.zeros(1, 1, height, dtype=torch.float64)
    weight = torch.zeros(1, 1, kernel, dtype=torch.float64)
    return functional.conv1d(image, weight, stride=stride, padding=padding).shape[-1]


SIZE = {"H": 10, "k": 3, "s": 2, "p": 1, "o": output_size(10, 3, 2, 1)}
OUTPUT_SIZE = r"o = \lfloor \frac{H + 2 p - k}{s} \rfloor + 1"
misprint("the output size without the floor", OUTPUT_SIZE, r"o = \frac{H + 2 p - k}{s} + 1", SIZE)
misprint("the output size without + 1", OUTPUT_SIZE, r"o = \lfloor \frac{H + 2 p - k}{s} \rfloor", SIZE)


def parameters(*layers):
    return sum(p.numel() for layer in layers for p in layer.parameters())


separable = parameters(nn.Conv2d(6, 6, 3, groups=6, bias=False), nn.Conv2d(6, 10, 1, bias=False))
misprint(
    "a depthwise separable convolution that saves 1/k²",
    r"\frac{n}{m} = \frac{1}{C} + \frac{1}{k^2}",
    r"\frac{n}{m} = \frac{1}{k^2}",
    {"n": separable, "m": parameters(nn.Conv2d(6, 10, 3, bias=False)), "C": 10, "k": 3},
)
LSTM = nn.LSTMCell(2, 3).double()
STATE, MEMORY, INPUT = rand(3), rand(3), rand(2)
with torch.no_grad():
    gates = LSTM.weight_ih @ INPUT + LSTM.bias_ih + LSTM.weight_hh @ STATE + LSTM.bias_hh
    NEXT_STATE, NEXT_MEMORY = LSTM(INPUT, (STATE, MEMORY))
INPUT_GATE, FORGET_GATE, CANDIDATE, OUTPUT_GATE = gates.chunk(4)
CELL = {
    r"\mathbf{i}": INPUT_GATE.sigmoid(),
    r"\mathbf{f}": FORGET_GATE.sigmoid(),
    r"\tilde{\mathbf{c}}": CANDIDATE.tanh(),
    r"\mathbf{o}": OUTPUT_GATE.sigmoid(),
    r"\mathbf{c}": {1: MEMORY, 2: NEXT_MEMORY},
    r"\mathbf{h}": {1: STATE, 2: NEXT_STATE},
    "t": 2,
}
MEMORY_CELL = r"\mathbf{c}_t = \mathbf{f} \odot \mathbf{c}_{t-1} + \mathbf{i} \odot \tilde{\mathbf{c}}"
misprint(
    "LSTM with the forget and input gates exchanged",
    MEMORY_CELL,
    r"\mathbf{c}_t = \mathbf{i} \odot \mathbf{c}_{t-1} + \mathbf{f} \odot \tilde{\mathbf{c}}",
    CELL,
)
misprint(
    "LSTM's output from the memory without tanh",
    r"\mathbf{h}_t = \mathbf{o} \odot \tanh(\mathbf{c}_t)",
    r"\mathbf{h}_t = \mathbf{o} \odot \mathbf{c}_t",
    CELL,
)
GRU = nn.GRUCell(2, 3).double()
with torch.no_grad():
    from_input, from_state = GRU.weight_ih @ INPUT + GRU.bias_ih, GRU.weight_hh @ STATE + GRU.bias_hh
    reset, update = ((from_input + from_state)[part].sigmoid() for part in (slice(0, 3), slice(3, 6)))
    new = torch.tanh(from_input[6:] + reset * from_state[6:])
    GRU_STATE = GRU(INPUT, STATE)
GATED = {
    r"\mathbf{z}": update,
    r"\tilde{\mathbf{h}}": new,
    r"\mathbf{h}": {1: STATE, 2: GRU_STATE},
    "t": 2,
    r"\mathbf{1}": ones(3),
}
misprint(
    "GRU with z and 1 - z exchanged",
    r"\mathbf{h}_t = (\mathbf{1} - \mathbf{z}) \odot \tilde{\mathbf{h}} + \mathbf{z} \odot \mathbf{h}_{t-1}",
    r"\mathbf{h}_t = \mathbf{z} \odot \tilde{\mathbf{h}} + (\mathbf{1} - \mathbf{z}) \odot \mathbf{h}_{t-1}",
    GATED,
)
Q, KEYS, V = rand(5, 4), rand(6, 4), rand(6, 3)
ATTENTION = {
    r"\mathbf{Q}": Q,
    r"\mathbf{K}": KEYS,
    r"\mathbf{V}": V,
    r"\mathbf{O}": functional.scaled_dot_product_attention(Q[None], KEYS[None], V[None])[0],
    r"\operatorname{softmax}": lambda scores: torch.softmax(scores, 1),
    "d": 4,
}
ATTEND = r"\mathbf{O} = \operatorname{softmax}(\frac{\mathbf{Q}\mathbf{K}^\top}{\sqrt{d}}) \mathbf{V}"
misprint("attention without the root of d", ATTEND, ATTEND.replace(r"\sqrt{d}", "1"), ATTENTION)
misprint("attention divided by d", ATTEND, ATTEND.replace(r"\sqrt{d}", "d"), ATTENTION)
misprint(
    "attention with the transpose on the queries",
    ATTEND,
    ATTEND.replace(r"\mathbf{Q}\mathbf{K}^\top", r"\mathbf{Q}^\top\mathbf{K}"),
    ATTENTION,
)

# Generative models and reinforcement learning

REAL, FAKE = (torch.softmax(rand(K), 0) for _ in range(2))
GAN = {
    "p": Distribution(range(1, K + 1), REAL),
    "q": Distribution(range(1, K + 1), FAKE),
    r"D_*": dict(enumerate(REAL / (REAL + FAKE), 1)),
}
misprint(
    "the best discriminator with the generator's density on top",
    r"D_*^{(i)} = \frac{p(i)}{p(i) + q(i)}",
    r"D_*^{(i)} = \frac{q(i)}{p(i) + q(i)}",
    GAN,
    forall={"i": [1, 2]},
)
HALF = {
    "p": Distribution(range(1, K + 1), REAL),
    "D": lambda i: torch.tensor(0.5, dtype=torch.float64),
}
misprint(
    "the adversarial game's value -log 2",
    r"\mathbb{E}_{i \sim p}[\log(D(i))] + \mathbb{E}_{i \sim p}[\log(1 - D(i))] = -\log 4",
    r"\mathbb{E}_{i \sim p}[\log(D(i))] + \mathbb{E}_{i \sim p}[\log(1 - D(i))] = -\log 2",
    HALF,
)
BETAS = torch.linspace(0.05, 0.4, 5, dtype=torch.float64)
CLEAN, NOISE = rand(D), rand(D)
KEPT = torch.cumprod(1 - BETAS, 0)
DIFFUSION = {
    r"\mathbf{x}": {
        0: CLEAN,
        **{t: KEPT[t - 1].sqrt() * CLEAN + (1 - KEPT[t - 1]).sqrt() * NOISE for t in range(1, 6)},
    },
    r"\boldsymbol{\varepsilon}": NOISE,
    r"\bar{\alpha}": KEPT,
    r"\alpha": 1 - BETAS,
}
DIFFUSED = r"\mathbf{x}_t = \sqrt{\bar{\alpha}_t} \mathbf{x}_0 + \sqrt{1 - \bar{\alpha}_t} \boldsymbol{\varepsilon}"
misprint(
    "diffusion's noise without the root",
    DIFFUSED,
    DIFFUSED.replace(r"\sqrt{1 - \bar{\alpha}_t}", r"(1 - \bar{\alpha}_t)"),
    DIFFUSION,
    forall={"t": [2, 4]},
)
misprint(
    "diffusion without the bar", DIFFUSED, DIFFUSED.replace(r"\bar{\alpha}", r"\alpha"), DIFFUSION, forall={"t": [2, 4]}
)
POINT, MEAN, SPREAD = rand(D), rand(D), 0.7
SCORE = {
    r"\mathbf{x}": POINT,
    r"\boldsymbol{\mu}": MEAN,
    r"\sigma": SPREAD,
    r"p(\mathbf{u})": r"\exp(-\frac{1}{2 \sigma^2} \lVert \mathbf{u} - \boldsymbol{\mu} \rVert^2)",
}
SCORE_FORMULA = r"\nabla_{\mathbf{x}} \log p(\mathbf{x}) = -\frac{1}{\sigma^2} (\mathbf{x} - \boldsymbol{\mu})"
misprint("a Gaussian's score with 1/σ", SCORE_FORMULA, SCORE_FORMULA.replace(r"\sigma^2", r"\sigma"), SCORE)
misprint("a Gaussian's score without its minus", SCORE_FORMULA, SCORE_FORMULA.replace("= -", "= "), SCORE)
REWARDS, GAMMA = rand(T), 0.8
RETURN = {"r": REWARDS, r"\gamma": GAMMA, "T": T, "G": sum(GAMMA**k * float(r) for k, r in enumerate(REWARDS))}
misprint(
    "the return discounted once too often",
    r"G = \sum_{k=0}^{T-1} \gamma^k r_{k+1}",
    r"G = \sum_{k=0}^{T-1} \gamma^{k+1} r_{k+1}",
    RETURN,
)
POLICY = {**SOFTMAX, r"\mathbf{z}": z, "K": K, "R": rand(K)}
misprint(
    "the policy gradient without the logarithm",
    r"\nabla_{\mathbf{z}} \mathbb{E}_{k \sim \mathbf{a}}[R_k] = \sum_{k=1}^{K} a_k R_k \nabla_{\mathbf{z}} \log a_k",
    r"\nabla_{\mathbf{z}} \mathbb{E}_{k \sim \mathbf{a}}[R_k] = \sum_{k=1}^{K} a_k R_k \nabla_{\mathbf{z}} a_k",
    POLICY,
)
VALUES = {1: 0.3, 2: -0.4}
misprint(
    "the temporal difference without the reward's successor discounted",
    r"\delta = r + \gamma V_2 - V_1",
    r"\delta = r + V_2 - V_1",
    {"V": VALUES, "r": 0.2, r"\gamma": GAMMA, r"\delta": 0.2 + GAMMA * VALUES[2] - VALUES[1]},
)
misprint(
    "dropout that multiplies by 1 - p while training",
    r"\mathbf{h} = \frac{1}{1 - p} \mathbf{m} \odot \mathbf{x}",
    r"\mathbf{h} = (1 - p) \mathbf{m} \odot \mathbf{x}",
    {
        "p": 0.3,
        r"\mathbf{x}": (inputs := rand(8)),
        r"\mathbf{h}": (dropped := functional.dropout(inputs, 0.3)),
        r"\mathbf{m}": (dropped != 0).double(),
    },
)
misprint(
    "Glorot's bound without the root",
    r"c = \sqrt{\frac{6}{n + m}}",
    r"c = \frac{6}{n + m}",
    {"n": 3, "m": 5, "c": math.sqrt(3) * nn.init.calculate_gain("linear") * math.sqrt(2 / 8)},
)


@pytest.mark.parametrize(("right", "wrong", "bindings", "options"), ERRORS)
def test_wrong_formula_is_refused(right, wrong, bindings, options):
    Case(right, bindings, **options).check()
    with pytest.raises((Refuted, EvaluationError)):
        Case(wrong, bindings, **options).check()


def test_there_are_enough():
    assert len(ERRORS) >= 40
    assert len({case.values[1] for case in ERRORS}) >= 40
