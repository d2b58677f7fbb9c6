"""The equations of the introduction, evaluated from their LaTeX; torch, autograd and enumeration are the oracles."""

from itertools import pairwise

import torch
from equations.draws import checker, rand
from torch.nn import functional as F

from dlnotes.book.equations import eq

check = checker("introduction")

N, D, K = 5, 3, 4
THETA = r"\boldsymbol{\theta}"
RELU = {r"\operatorname{relu}": torch.relu}


def number(value):
    return torch.tensor(value, dtype=torch.float64)


# Learning


def test_risk():
    X, y, theta = rand(N, D), torch.rand(N, dtype=torch.float64), rand(D)

    def predict(x, parameters):
        return x @ parameters + parameters.sum()

    check(
        "risk",
        {
            r"\mathcal{L}": lambda parameters: F.binary_cross_entropy_with_logits(predict(X, parameters), y),
            r"\ell": lambda said, right: F.softplus(said) - right * said,
            "f": predict,
            r"\mathbf{x}": list(X),
            "y": list(y),
            "N": N,
            THETA: theta,
        },
    )


def test_descent():
    A = rand(D, D)

    def loss(theta):
        return torch.logsumexp(A @ theta, 0)

    parameters = rand(D).requires_grad_()
    optimizer = torch.optim.SGD([parameters], lr=0.3)
    points = [parameters.detach().clone()]
    for _ in range(3):
        optimizer.zero_grad()
        loss(parameters).backward()
        optimizer.step()
        points.append(parameters.detach().clone())

    def gradient(theta):
        return torch.func.grad(loss)(theta)

    check(
        "descent",
        {THETA: dict(enumerate(points)), r"\nabla \mathcal{L}": gradient, r"\eta": 0.3},
        forall={"t": [0, 1, 2]},
    )


def line():
    x, y = rand(N), rand(N)
    return x, y, {"x": list(x), "y": list(y), "N": N, "w": rand(), "b": rand()}


def test_line():
    x, y, bindings = line()
    check("line", bindings | {r"\mathcal{L}": lambda w, b: F.mse_loss(w * x + b, y)})


def test_line_gradient():
    x, y, bindings = line()
    w, b = bindings["w"], bindings["b"]
    slope = torch.func.grad(lambda w: F.mse_loss(w * x + b, y))(w)
    check("line-gradient", bindings | {r"\frac{\partial \mathcal{L}}{\partial w}": slope})


# Feedback


def test_clusters():
    c = 3 * rand(K, D)
    x = c[[0, 1, 2, 3, 3]] + 0.1 * rand(N, D)  # every centre is the nearest one of some point
    check(
        "clusters",
        {
            r"\mathcal{L}": lambda centres: torch.cdist(x, centres).square().min(1).values.mean(),
            r"\mathbf{C}": c,
            r"\mathbf{x}": list(x),
            r"\mathbf{c}": list(c),
            "N": N,
            "K": K,
        },
    )


def test_masked():
    x, theta = rand(N, 2), rand(2)

    def f(first, parameters):
        return parameters[0] + parameters[1] * first

    check(
        "masked",
        {
            r"\mathcal{L}": lambda parameters: F.mse_loss(f(x[:, 0], parameters), x[:, 1]),
            "f": f,
            r"\mathbf{x}": list(x),
            THETA: theta,
            "N": N,
        },
    )


def test_reward():
    r, policy = rand(K), rand(K).softmax(0)
    law = torch.distributions.Categorical(policy)
    actions = law.enumerate_support()
    expected = (law.log_prob(actions).exp() * r[actions]).sum()
    check("reward", {"J": expected, r"\pi": list(policy), "r": list(r), "A": K})


# Representation


def test_features():
    x, c = rand(D), rand()
    phi = torch.stack([x.square().sum().sqrt(), number(1.0)])
    w = torch.stack([number(1.0), -c])
    check(
        "features",
        {
            "z": F.linear(phi, w[None])[0],
            r"\mathbf{w}": w,
            r"\boldsymbol{\varphi}": lambda point: phi,
            r"\mathbf{x}": x,
            "c": c,
        },
    )


def test_hinge():
    for s in (-0.7, 0.4, 1.8):
        hinge = F.multi_margin_loss(number([[s / 2, -s / 2]]), torch.tensor([0])) * 2  # torch divides by the classes
        logistic = F.binary_cross_entropy_with_logits(number(s), number(1.0))
        check(
            "hinge",
            {
                r"\ell_{\mathrm{hinge}}": lambda s, hinge=hinge: hinge,
                r"\ell_{\mathrm{log}}": lambda s, logistic=logistic: logistic,
                "s": number(s),
            },
            equivalent={r"swap arguments: \max(0, 1 - s)": "the larger of two numbers, in either order"},
        )


def test_gini():
    p = rand(K).softmax(0)
    pairs = torch.outer(p, p)
    check("gini", {"G": pairs.sum() - pairs.trace(), "p": list(p), "K": K})


def test_forest():
    p = rand(D, K).softmax(1)  # of D trees
    check(
        "forest",
        {
            r"\hat{p}": [lambda x, k=k: p.mean(0)[k] for k in range(K)],
            "p": [[lambda x, m=m, k=k: p[m, k] for k in range(K)] for m in range(D)],
            r"\mathbf{x}": rand(D),
            "M": D,
        },
        forall={"k": [1, 3]},
    )


# Depth


def test_composition():
    x = rand()
    layers = [torch.tanh, torch.exp, torch.cos]
    whole = torch.nn.Sequential(*(Apply(layer) for layer in layers))
    check("composition", {"f": whole, **{f"f_{i}": f for i, f in enumerate(layers, 1)}, r"\mathbf{x}": x})


class Apply(torch.nn.Module):
    """A function as a module."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def tooth(x):
    """Linear interpolation between (0, 0), (1/2, 1) and (1, 0), and on beyond."""
    return 2 * x if x < 0.5 else 2 - 2 * x


def test_tooth():
    for x in (0.2, 0.7, 0.95):
        check("tooth", {"g": lambda x: number(tooth(float(x))), "x": number(x), **RELU})
    check("tooth", {"g": lambda x: number(0.0), "x": number(-0.4), **RELU})


def test_tent():
    for x in (0.2, 0.7, 0.95):
        check("tent", {"g": lambda x: number(tooth(float(x))), "x": number(x)})


def test_parameters():
    n = [4, 5, 3, 2]
    layers = [torch.nn.Linear(a, b) for a, b in pairwise(n)]
    count = sum(p.numel() for layer in layers for p in layer.parameters())
    check("parameters", {"P": count, "n": dict(enumerate(n)), "L": 3})


def test_factors():
    joint = torch.rand(2, 3, 4, dtype=torch.float64)
    joint /= joint.sum()
    u, v, w = 0, 1, 2  # letters stand for themselves; the words are fixed

    def p(*letters):
        """From the table of all texts: marginals and conditionals by summing and dividing."""
        match tuple(int(letter) for letter in letters):
            case (0,):
                return joint.sum((1, 2))[1]
            case (1, 0):
                return joint.sum(2)[1, 2] / joint.sum((1, 2))[1]
            case (2, 0, 1):
                return joint[1, 2, 3] / joint.sum(2)[1, 2]
            case (0, 1, 2):
                return joint[1, 2, 3]
        raise ValueError("the test has no such probability")

    check("factors", {"p": p, "u": u, "v": v, "w": w})


def test_decoder():
    d, layers, V = 6, 2, 7
    block = torch.nn.TransformerEncoderLayer(d, nhead=2, dim_feedforward=4 * d)
    matrices = sum(p.numel() for p in block.parameters() if p.ndim == 2)
    check("decoder", {"P": layers * matrices + torch.nn.Embedding(V, d).weight.numel(), "L": layers, "d": d, "V": V})


def test_floor():
    """The smallest mean cross entropy: of the conditional distributions, enumerated over all additions."""
    a, b = torch.arange(10_000) // 100, torch.arange(10_000) % 100
    total = a + b
    plus, equals = torch.full_like(a, 10), torch.full_like(a, 11)
    text = torch.stack([a // 10, a % 10, plus, b // 10, b % 10, equals, total % 10, total // 10 % 10, total // 100], 1)
    counts = [torch.unique(text[:, :n], dim=0, return_counts=True)[1].double() / 10_000 for n in range(1, 10)]
    entropies = torch.stack([-(q * q.log()).sum() for q in counts])  # of the first n characters
    check("floor", {r"\mathcal{L}_{\min}": entropies.diff().mean()})


# Traits


MIXED = torch.tensor([0.7, -1.2, 0.4], dtype=torch.float64)  # of both signs


def test_worst():
    epsilon = number(0.3)
    bindings = {r"\mathbf{w}": MIXED, r"\varepsilon": epsilon, "d": D}
    check("worst", bindings | {r"\boldsymbol{\delta}": epsilon * (2 * torch.rand(D, dtype=torch.float64) - 1)})
    check("worst", bindings | {r"\boldsymbol{\delta}": -epsilon * MIXED.sign()}, tight=1e-12)


def test_attack():
    x = number([-0.3, 0.8, 1.1])
    check("attack", {r"\mathbf{w}": MIXED, r"\mathbf{x}": x, r"\varepsilon": number(0.3), "d": D})


def test_shift():
    d, epsilon = 7, 0.3
    mean = torch.distributions.HalfNormal(number(d**-0.5)).mean
    check("shift", {r"\mathbb{E}[S]": epsilon * d * mean, r"\varepsilon": epsilon, "d": d})


def test_fgsm():
    A, x, epsilon = rand(K, D), rand(D), 0.2
    gradient = torch.func.grad(lambda point: torch.logsumexp(A @ point, 0))(x)
    corners = torch.cartesian_prod(*[number([-epsilon, epsilon])] * D)
    best = corners[(corners @ gradient).argmax()]  # the corner of the box with the largest first-order rise
    check(
        "fgsm",
        {
            r"\tilde{\mathbf{x}}": x + best,
            r"\mathbf{x}": x,
            r"\varepsilon": epsilon,
            r"\nabla_{\mathbf{x}} \mathcal{L}": gradient,
        },
    )


def test_saliency():
    W, x = rand(K, D), rand(D)
    check(
        "saliency",
        {
            "s": list(torch.autograd.functional.jacobian(lambda x: torch.tanh(W @ x), x)[2]),
            r"\mathbf{z}": r"\tanh(\mathbf{W} \mathbf{x})",
            r"\mathbf{W}": W,
            r"\mathbf{x}": x,
        },
        forall={"j": [1, 2, 3], "c": [3]},
    )


def test_occlusion():
    W, x, mask = rand(K, D), rand(D), number([1.0, 0.0, 1.0])
    covered = x.clone()
    covered[1] = 0
    score = (torch.tanh(W @ x) - torch.tanh(W @ covered))[2]
    check(
        "occlusion",
        {"o": score, "z_c": lambda x: torch.tanh(W @ x)[2], r"\mathbf{x}": x, r"\mathbf{m}": mask},
    )


def test_vanishing():
    w = list(MIXED)
    for z in (rand(D), torch.zeros(D, dtype=torch.float64)):
        slopes = [weight * torch.func.grad(torch.sigmoid)(point) for weight, point in zip(w, z, strict=True)]
        check(
            "vanishing",
            {
                r"\frac{\partial a_L}{\partial a_0}": torch.stack(slopes).prod(),
                "w": w,
                "z": list(z),
                "L": D,
                r"\sigma": torch.sigmoid,
            },
            **({} if z.any() else {"tight": 1e-12}),
        )


# Evidence


def test_standard_error():
    values = rand(2000, N)  # the spread of means over many samples, for a known deviation
    s = number(1.7)
    exact = torch.linalg.vector_norm(s * torch.full((N,), 1 / N, dtype=torch.float64))  # of independent values
    assert abs((s * values).mean(1).std() / exact - 1) < 0.1
    check("standard-error", {r"\operatorname{se}": exact, "s": s, "n": N})


def test_paired():
    joint = rand(6, 2)
    A, B = joint.T
    cov = torch.cov(joint.T, correction=0)
    check(
        "paired",
        {
            r"\operatorname{Var}[B - A]": (B - A).var(correction=0),
            r"\operatorname{Var}[B]": cov[1, 1],
            r"\operatorname{Var}[A]": cov[0, 0],
            r"\operatorname{Cov}[A, B]": cov[0, 1],
        },
    )


def test_binomial():
    n, p = 7, 0.3
    law = torch.distributions.Binomial(n, number(p))
    check("binomial", {r"\operatorname{se}": law.stddev / n, "p": p, "n": n})


# History and hardware


def test_xor():
    """No weights satisfy all four: checked on a grid; each three of them can be satisfied."""
    grid = torch.cartesian_prod(*[torch.linspace(-3, 3, 25, dtype=torch.float64)] * 3)
    w1, w2, b = grid.T
    conditions = torch.stack([b < 0, w1 + b > 0, w2 + b > 0, w1 + w2 + b < 0])
    assert not conditions.all(0).any()
    for left_out in range(4):
        assert conditions[[i for i in range(4) if i != left_out]].all(0).any()
    eq("introduction-xor").by_program(
        en="the four contradict each other: no point of a grid satisfies them all, and any three can be satisfied",
        zh="四个不等式互相矛盾：网格上没有一点同时满足它们，而其中任意三个可以同时满足",
    )


def test_top5():
    """Not among the five highest scores: five classes or more score higher."""
    scores, labels = rand(200, 8), torch.randint(8, (200,))
    guesses = scores.topk(5, dim=1).indices
    missed = (guesses != labels[:, None]).all(1)
    higher = (scores > scores.gather(1, labels[:, None])).sum(1)
    assert torch.equal(missed, higher >= 5) and missed.any() and not missed.all()
    eq("introduction-top5").by_program(
        en="a set and its membership are outside of what the evaluator reads; the test counts in two ways",
        zh="集合及其隶属关系超出求值器的范围；测试用两种方法计数",
    )


def test_convolution_cost():
    c, f, k, g, s = 6, 4, 3, 2, 5
    layer = torch.nn.Conv2d(c, f, k, groups=g, bias=False)
    layer.weight.data.fill_(1.0)
    products = layer(torch.ones(1, c, s + k - 1, s + k - 1)).sum().item()  # every multiply–add contributes 1
    check("convolution-cost", {"P": layer.weight.numel(), "M": products, "c": c, "f": f, "k": k, "g": g, "s": s})


def test_power_law():
    c, alpha, n = number(2.0), number(0.3), number(50.0)
    check(
        "power-law", {"E": lambda n: torch.exp(torch.log(c) - alpha * torch.log(n)), "c": c, r"\alpha": alpha, "n": n}
    )


def test_power_line():
    c, alpha, n = number(2.0), number(0.3), number(50.0)
    check("power-line", {"E": lambda n: c * n ** (-alpha), "c": c, r"\alpha": alpha, "n": n})


def test_roofline():
    for intensity in (0.5, 30.0):  # memory-bound and compute-bound
        work = 1e6  # operations; the slower of the two resources decides
        seconds = max(work / 60.0, work / intensity / 5.0)
        check(
            "roofline",
            {"R": work / seconds, "P": 60.0, "B": 5.0, "I": intensity},
            equivalent={
                r"swap arguments: \min(P, B I)": "the smaller of two numbers, in either order",
                "R in place of: P": "true as well, and says less",
            },
        )


def test_intensity_product():
    n = 7
    operations, numbers = 2 * n * n * n, sum(torch.empty(n, n).numel() for _ in range(3))
    check("intensity-product", {"I": operations / (4 * numbers), "n": n})


def test_fusion():
    eager = [(2, 1), (2, 1), (1, 1)]  # tensors read and written: multiply, add, relu
    read_and_written = sum(read + written for read, written in eager)
    check("fusion", {r"I_{\mathrm{eager}}": 3 / (4 * read_and_written), r"I_{\mathrm{fused}}": 3 / (4 * (3 + 1))})


def test_comparator():
    same = "relu does not see it: what is positive is the same, and the rest is cut off"
    mutants = (r"\max (a , b) in place of: a (2)", r"\min (a , b) in place of: b")
    mutants += (r"\max (a , b) in place of: a (3)", r"\min (a , b) in place of: b (3)")
    for a, b in ((0.3, 1.2), (1.5, -0.4)):
        low, high = number([a, b]).sort().values
        check(
            "comparator",
            {r"\min(a, b)": low, r"\max(a, b)": high, "a": number(a), "b": number(b), **RELU},
            equivalent=dict.fromkeys(mutants, same),
        )
