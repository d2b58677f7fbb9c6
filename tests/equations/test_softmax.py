"""The equations of the softmax chapter, evaluated from their LaTeX; torch is the oracle."""

import pytest
import torch
from equations.draws import rand
from torch.distributions import Categorical, MultivariateNormal
from torch.nn import functional

from dlnotes.book.equations import eq

K, D, N = 4, 3, 5
CLASSES = range(1, K + 1)
SPREADS = "a scalar added to a vector is added to each entry, as with the vector of ones"
WEAKER = "true as well, and says less"
SYMMETRIC = "the Jacobian is symmetric"
SOFTMAX = {r"\operatorname{softmax}": lambda z: torch.softmax(z, 0)}
A = {r"\mathbf{a}": r"\operatorname{softmax}(\mathbf{z})", **SOFTMAX}  # so that \partial sees what a depends on
LSE = {r"\operatorname{lse}": lambda z: torch.logsumexp(z, 0)}
STEPS = {  # the three steps into which the chapter takes softmax apart
    r"\mathbf{u}": r"\exp(\mathbf{z})",
    "s": r"\mathbf{1}^\top \mathbf{u}",
    r"\mathbf{a}": r"\frac{1}{s} \mathbf{u}",
    r"\mathbf{1}": torch.ones(K, dtype=torch.float64),
    r"\mathbf{I}": torch.eye(K, dtype=torch.float64),
}


def vec(*values):
    return torch.tensor(values, dtype=torch.float64)


def lookup(keys, values):
    """A function that knows its value at some vectors, and refuses all others."""

    def function(key, *rest):
        found = [value for known, value in zip(keys, values, strict=True) if torch.equal(known, key)]
        if not found:
            raise ValueError("no such vector")
        return found[0](*rest) if callable(found[0]) else found[0]

    return function


@pytest.fixture
def z():
    return rand(K)


@pytest.fixture
def a(z):
    return torch.softmax(z, 0)


@pytest.fixture
def y():
    return torch.softmax(rand(K), 0)


@pytest.fixture
def layer():
    """Weights, biases, a sample, and its scores by torch."""
    W, b, x = rand(K, D), rand(K), rand(D)
    return {r"\mathbf{W}": W, r"\mathbf{b}": b, r"\mathbf{x}": x, r"\mathbf{z}": functional.linear(x, W, b)}


@pytest.fixture
def batch():
    """A batch of samples and labels with the probabilities and the loss by torch."""
    W, b, X, Y = rand(K, D), rand(K), rand(N, D), torch.softmax(rand(N, K), 1)
    return {r"\mathbf{W}": W, r"\mathbf{b}": b, r"\mathbf{X}": X, r"\mathbf{Y}": Y, "K": K, "N": N}


# One score per class


def test_scores(layer):
    rows = {r"\mathbf{w}": list(layer[r"\mathbf{W}"]), "b": layer[r"\mathbf{b}"], "z": layer[r"\mathbf{z}"]}
    eq("softmax-score").holds({r"\mathbf{x}": layer[r"\mathbf{x}"], **rows}, forall={"k": CLASSES})
    eq("softmax-scores").holds(layer)


def test_scores_of_a_batch(batch):
    Z = functional.linear(batch[r"\mathbf{X}"], batch[r"\mathbf{W}"], batch[r"\mathbf{b}"])
    eq("softmax-scores-batch").holds({**batch, r"\mathbf{Z}": Z, r"\mathbf{1}": torch.ones(N, dtype=torch.float64)})


def test_definition(z, a):
    bindings = {"z": z, "a": a, "K": K}
    eq("softmax-odds").holds(bindings, forall={"j": CLASSES, "k": CLASSES})
    eq("softmax-normalisation").holds(bindings, forall={"j": CLASSES})
    eq("softmax-definition").holds(bindings, forall={"j": CLASSES})


# Where linear scores come from


def test_bayes():
    joint = torch.softmax(rand(K * N), 0).reshape(K, N)  # p(class, x) for N possible x
    prior = joint.sum(1)
    for n in range(N):
        x = rand(D)

        def p(first, second, x=x, n=n):
            """p(x | class) if the sample comes first, p(class | x) if the class does."""
            if torch.is_tensor(first):
                return lookup([x], [joint[second - 1, n] / prior[second - 1]])(first)
            return lookup([x], [joint[first - 1, n] / joint[:, n].sum()])(second)

        eq("softmax-bayes").holds({"p": p, "q": prior, r"\mathbf{x}": x, "K": K}, forall={"j": CLASSES})


@pytest.fixture
def gaussians():
    factor = rand(D, D)
    return rand(K, D), factor @ factor.T + torch.eye(D, dtype=torch.float64)


def test_gaussian_density(gaussians):
    means, covariance = gaussians
    bindings = {
        r"\mathbf{x}": rand(D),
        r"\boldsymbol{\mu}": list(means),
        r"\boldsymbol{\Sigma}": covariance,
        "d": D,
        "p": lambda x, k: MultivariateNormal(means[k - 1], covariance).log_prob(x).exp(),
    }
    eq("softmax-gaussian").holds(bindings, forall={"k": CLASSES})
    eq("softmax-quadratic").holds(bindings, forall={"k": CLASSES})


def test_gaussian_scores(gaussians):
    """Weight and bias are slope and value at 0 of log q_k p(x | k), measured against a class with mean 0."""
    means, covariance = gaussians
    prior = torch.softmax(rand(K), 0)
    origin = torch.zeros(D, dtype=torch.float64, requires_grad=True)
    reference = MultivariateNormal(torch.zeros(D, dtype=torch.float64), covariance).log_prob(origin)
    scores = [
        q.log() + MultivariateNormal(m, covariance).log_prob(origin) - reference
        for m, q in zip(means, prior, strict=True)
    ]
    slopes = [torch.autograd.grad(score, origin, retain_graph=True)[0] for score in scores]
    common = {r"\boldsymbol{\mu}": list(means), r"\boldsymbol{\Sigma}": covariance}
    eq("softmax-gaussian-weight").holds({r"\mathbf{w}": slopes, **common}, forall={"k": CLASSES})
    values = [score.detach() for score in scores]
    eq("softmax-gaussian-bias").holds({"b": values, "q": list(prior), **common}, forall={"k": CLASSES})


# What the scores leave open


def test_invariance(z, a):
    eq("softmax-shift").holds({"z": z, "a": a, "c": 0.7, "K": K}, forall={"j": CLASSES})
    eq("softmax-two-classes").holds({"z": z[:2], "a": torch.softmax(z[:2], 0), r"\sigma": torch.sigmoid})


# Likelihood and cross entropy


def test_categorical(a):
    labels, x = torch.eye(K, dtype=torch.float64), rand(D)
    probabilities = Categorical(a).log_prob(torch.arange(K)).exp()
    p = lookup(list(labels), [lookup([x], [probability]) for probability in probabilities])
    for y in labels:
        eq("softmax-categorical").holds({"p": p, r"\mathbf{x}": x, r"\mathbf{y}": y, "a": a, "K": K})


def test_log_likelihood():
    x, a = rand(N, D), torch.softmax(rand(N, K), 1)
    labels = torch.randint(K, (N,))
    likelihood = Categorical(a).log_prob(labels).exp()
    samples = {
        r"\mathbf{x}": list(x),
        r"\mathbf{y}": list(functional.one_hot(labels, K).double()),
        r"\mathbf{a}": list(a),
    }

    def p(label, sample):
        n = next((n for n in range(N) if torch.equal(x[n], sample)), None)
        if n is None or not torch.equal(label, samples[r"\mathbf{y}"][n]):
            raise ValueError("no such sample")
        return likelihood[n]

    eq("softmax-log-likelihood").holds({"p": p, **samples, "N": N, "K": K})


def test_cross_entropy(z, a, y):
    bindings = {r"\mathbf{y}": y, r"\mathbf{a}": a, "K": K, r"\mathcal{L}": functional.cross_entropy(z, y)}
    eq("softmax-cross-entropy").holds(bindings)
    for c in CLASSES:
        loss = functional.cross_entropy(z, torch.tensor(c - 1))
        eq("softmax-surprise").holds({r"\mathcal{L}": loss, "a": a, "c": c})


def test_mean_loss():
    Z, Y = rand(N, K), torch.softmax(rand(N, K), 1)
    rows = {r"\mathbf{y}": list(Y), r"\mathbf{a}": list(torch.softmax(Z, 1))}
    eq("softmax-mean-loss").holds({r"\bar{\mathcal{L}}": functional.cross_entropy(Z, Y), **rows, "K": K, "N": N})


def test_binary_cross_entropy():
    for y in (0.0, 1.0, 0.3):
        p, target = torch.sigmoid(rand()), torch.tensor(y, dtype=torch.float64)
        loss = functional.binary_cross_entropy(p, target)
        eq("softmax-binary-cross-entropy").holds({r"\mathcal{L}": loss, "y": target, "p": p})


def kl(y, a):
    if y.shape != (K,) or a.shape != (K,):
        raise ValueError("two distributions over the classes")
    return functional.kl_div(a.log(), y, reduction="sum")


def test_divergence(z, a, y):
    common = {r"\mathbf{y}": y, r"\mathbf{a}": a, "K": K}
    entropy = {"H": lambda p: Categorical(p).entropy()}
    divergence = {r"D_{\mathrm{KL}}": kl}
    eq("softmax-entropy").holds({**common, **entropy})
    eq("softmax-divergence").holds({**common, **divergence})
    loss = functional.cross_entropy(z, y)
    eq("softmax-decomposition").holds({**common, **entropy, **divergence, r"\mathcal{L}": loss})
    positive, near = rand(K).exp(), 1 + 1e-5 * rand(K)  # near: the inequality is nearly an equality
    for ratio in (rand(K).exp(), near):
        eq("softmax-gibbs").holds({r"\mathbf{y}": positive, r"\mathbf{a}": positive * ratio, "K": K, **divergence})


def test_label_smoothing(z):
    share, c = 0.15, 3
    one_hot = torch.eye(K, dtype=torch.float64)[c - 1]
    scores = z.clone().requires_grad_()
    loss = functional.cross_entropy(scores, torch.tensor(c - 1), label_smoothing=share)
    smooth = torch.softmax(z, 0) - torch.autograd.grad(loss, scores)[0]  # torch's loss has the gradient a - smooth
    eq("softmax-label-smoothing").holds(
        {
            r"\tilde{\mathbf{y}}": smooth,
            r"\mathbf{y}": one_hot,
            r"\varepsilon": share,
            "K": K,
            r"\mathbf{1}": torch.ones(K, dtype=torch.float64),
        },
        equivalent={r"drop factor 2: \frac{\varepsilon}{K} \mathbf{1}": SPREADS},
    )
    optimum = smooth.log() + 0.4
    eq("softmax-smoothing-gap").holds(
        {"z": optimum, r"\tilde{y}": smooth, r"\varepsilon": share, "K": K, "c": c}, forall={"j": [1, 2, 4]}
    )


# The Jacobian


def test_jacobian_by_steps(z):
    bindings = {r"\mathbf{z}": z, **STEPS}
    eq("softmax-exp-jacobian").holds(bindings)
    eq("softmax-sum-gradient").holds(bindings)
    eq("softmax-quotient-rule").holds(bindings, forall={"j": CLASSES, "k": CLASSES})
    eq("softmax-quotient-jacobian").holds(bindings)
    eq("softmax-jacobian-product").holds(bindings)


def test_jacobian(z):
    eq("softmax-jacobian").holds({r"\mathbf{z}": z, **A})
    eq("softmax-jacobian-entry").holds({r"\mathbf{z}": z, **A}, forall={"j": CLASSES, "k": CLASSES})


def test_null_space_and_variance(a):
    ones, v = torch.ones(K, dtype=torch.float64), rand(K)
    eq("softmax-null-space").holds(
        {r"\mathbf{a}": a, r"\mathbf{1}": ones, r"\mathbf{0}": torch.zeros(K, dtype=torch.float64)},
        equivalent={
            r"\mathbf{0} in place of: \mathbf{1}": "a product with the zero vector is 0 as well",
            r"drop factor 2: \mathbf{a} (\mathbf{a}^\top \mathbf{1})": "the probabilities sum to 1",
        },
    )
    eq("softmax-variance").holds({r"\mathbf{a}": a, r"\mathbf{v}": v, r"\bar{v}": a @ v, "K": K})


def test_range(a):
    v = rand(K)
    ends = {r"v_{\max}": v.max(), r"v_{\min}": v.min()}
    eq("softmax-midpoint").holds({"a": a, "v": v, r"\bar{v}": a @ v, "c": rand(), "K": K})
    eq("softmax-half-range").holds({**ends, "c": (v.max() + v.min()) / 2})
    eq("softmax-range").holds(ends)


HALVES, OPPOSITE = vec(0.5, 0, 0.5, 0), vec(1, 0, -1, 0)  # where the norm's bound is reached


def test_norm(a):
    sure = vec(0.97, 0.01, 0.01, 0.01)
    for probs, v in ((a, 1e-3 * rand(K)), (sure, sure), (a, vec(9, 9, 9, 8))):
        eq("softmax-norm").holds({r"\mathbf{a}": probs, r"\mathbf{v}": v})
    eq("softmax-norm").holds({r"\mathbf{a}": HALVES, r"\mathbf{v}": OPPOSITE}, tight=1e-12)


def test_vjp(a):
    ones = torch.ones(K, dtype=torch.float64)
    jacobian = r"(\operatorname{diag}(\mathbf{a}) - \mathbf{a} \mathbf{a}^\top)^\top"
    eq("softmax-vjp").holds(
        {r"\mathbf{a}": a, r"\mathbf{g}": rand(K), r"\mathbf{1}": ones},
        equivalent={
            f"drop transpose: {jacobian}": SYMMETRIC,
            r"drop factor 2: (\mathbf{a}^\top \mathbf{g}) \mathbf{1}": SPREADS,
        },
    )


# Gaps and temperature


def test_gaps(z, a):
    pairs = {"j": CLASSES, "k": CLASSES}
    eq("softmax-ratio").holds({"z": z, "a": a}, forall=pairs)
    eq("softmax-gap").holds({"z": z, "a": a}, forall=pairs)
    eq("softmax-gap-bound").holds({"z": z, "a": a}, forall=pairs)
    two = {"j": [1, 2], "k": [1, 2]}
    cancel, close = vec(0.8, -0.8), vec(1.2, 1.2 + 1e-6)
    eq("softmax-gap-bound").holds({"z": cancel, "a": torch.softmax(cancel, 0)}, forall=two, tight={1: 1e-9})
    eq("softmax-gap-bound").holds({"z": close, "a": torch.softmax(close, 0)}, forall=two, tight=1e-6)


def test_lipschitz(z):
    origin, centre = torch.zeros(K, dtype=torch.float64), torch.full((K,), 1 / K, dtype=torch.float64)
    steepest = vec(0, -60, 0, -60)
    for start, end, tight in [
        (z, rand(K), None),
        (steepest, steepest + 1e-6 * OPPOSITE, 1e-6),
        (z, -z, None),  # from here on one of the vectors on the right is 0 or equals a probability vector
        (origin, z, None),
        (z, origin, None),
        (centre, z, None),
        (z, centre, None),
        (torch.softmax(z, 0), z, None),
        (z, torch.softmax(z, 0), None),
    ]:
        scores = {r"\mathbf{z}": start, r"\mathbf{z}'": end}
        probs = {r"\mathbf{a}": torch.softmax(start, 0), r"\mathbf{a}'": torch.softmax(end, 0)}
        eq("softmax-lipschitz").holds({**scores, **probs}, tight=tight)


def test_temperature(z):
    for T in (0.4, 2.5):
        a = Categorical(logits=z / T).probs
        eq("softmax-temperature").holds({r"\mathbf{a}": a, r"\mathbf{z}": z, "T": T, **SOFTMAX})
        eq("softmax-temperature-entry").holds({"a": a, "z": z, "T": T}, forall={"j": CLASSES}, ranges={"k": K})


def test_entropy_rises_with_temperature(z):
    for scores, T in ((z, 0.4), (z, 2.5), (vec(1, 1, 1, 1), 2.5)):
        beta = 1 / T
        a = torch.softmax(beta * scores, 0)
        J = torch.autograd.functional.jacobian(lambda s: torch.softmax(s, 0), beta * scores)
        common = {r"\mathbf{z}": scores, r"\mathbf{J}": J, "K": K}
        total = (beta * scores).exp().sum()
        entropy = Categorical(a).entropy()
        eq("softmax-tempered-entropy").holds({**common, r"\mathbf{a}": a, "H": entropy, "s": total, r"\beta": beta})
        defined = {**common, **SOFTMAX, "H": r"-\sum_{k=1}^{K} a_k \log(a_k)"}
        by_beta = {r"\mathbf{a}": r"\operatorname{softmax}(\beta \mathbf{z})", r"\beta": beta}
        eq("softmax-entropy-slope").holds({**defined, **by_beta})
        by_temperature = {r"\mathbf{a}": r"\operatorname{softmax}(\frac{1}{T} \mathbf{z})", "T": T}
        eq("softmax-entropy-temperature").holds({**defined, **by_temperature})


# Log-sum-exp


def test_logsumexp(z, a, y):
    bindings = {r"\mathbf{z}": z, "a": a, "K": K, **LSE}
    eq("softmax-lse").holds(bindings)
    eq("softmax-log").holds(bindings, forall={"j": CLASSES})
    loss = functional.cross_entropy(z, y)
    eq("softmax-loss").holds({**bindings, r"\mathbf{y}": y, r"\mathcal{L}": loss})
    eq("softmax-lse-gradient").holds(bindings, forall={"j": CLASSES})
    eq("softmax-lse-shift").holds({**bindings, "m": z.max()})
    eq("softmax-log-stable").holds({**bindings, "m": z.max()}, forall={"j": CLASSES})


def test_logsumexp_bounds(z):
    for scores, tight in ((z, None), (vec(60, 0, 0, 0), {1: 1e-9}), (vec(2, 2, 2, 2), {2: 1e-9})):
        bindings = {r"\mathbf{z}": scores, "m": scores.max(), "K": K, **LSE}
        eq("softmax-lse-bounds").holds(bindings, tight=tight)


# The gradient of the loss


def test_gradient_by_the_scores(z, y):
    eq("softmax-loss-by-probabilities").holds(
        {r"\mathbf{a}": torch.softmax(z, 0), r"\mathbf{y}": y, "K": K}, given=["softmax-cross-entropy"]
    )
    no_distribution = {r"\mathbf{z}": z, r"\mathbf{y}": rand(K), "K": K, **A}
    no_distribution[r"\mathbf{1}"] = torch.ones(K, dtype=torch.float64)
    jacobian = r"\frac{\partial \mathbf{a}}{\partial \mathbf{z}}"
    eq("softmax-gradient-general").holds(
        no_distribution,
        given=["softmax-cross-entropy"],
        equivalent={rf"drop transpose: ({jacobian}\right)^\top": SYMMETRIC},
    )
    eq("softmax-gradient").holds({r"\mathbf{z}": z, r"\mathbf{y}": y, "K": K, **A}, given=["softmax-cross-entropy"])


def test_gradient_by_the_parameters(layer, batch, y):
    layer = {name: value for name, value in layer.items() if name != r"\mathbf{z}"}
    eq("softmax-weight-entry").holds(
        {**layer, r"\mathbf{y}": y, "K": K, **A},
        given=["softmax-cross-entropy", "softmax-scores"],
        forall={"k": CLASSES, "l": range(1, D + 1)},
    )
    X, Y = batch[r"\mathbf{X}"], batch[r"\mathbf{Y}"]
    bindings = {
        **batch,
        **SOFTMAX,
        r"\mathbf{x}": list(X),
        r"\mathbf{y}": list(Y),
        r"\mathbf{a}^{(i)}": r"\operatorname{softmax}(\mathbf{W} \mathbf{x}^{(i)} + \mathbf{b})",
        r"\mathbf{A}": torch.softmax(functional.linear(X, batch[r"\mathbf{W}"], batch[r"\mathbf{b}"]), 1),
        r"\mathbf{1}": torch.ones(N, dtype=torch.float64),
    }
    eq("softmax-weight-gradient").holds(bindings, given=["softmax-mean-loss"])
    eq("softmax-bias-gradient").holds(bindings, given=["softmax-mean-loss"])


# Deciding


def test_decision(z, a):
    cost = 1 - torch.eye(K, dtype=torch.float64)
    eq("softmax-risk").holds({"r": cost @ a, "a": a, "K": K}, forall={"j": CLASSES})
    best = int(a.argmax()) + 1
    eq("softmax-decision").holds(
        {r"\hat{c}": best, "a": a, "z": z},
        ranges={"k": K},
        equivalent=dict.fromkeys(["z in place of: a", "a in place of: z"], "both have their maximum at one place"),
    )
    for price in (0.05, 0.9):  # rejected, decided
        least = min(price, float((cost @ a).min()))
        eq("softmax-reject").holds(
            {"r": least, r"\lambda": price, "a": a, r"\hat{c}": best},
            equivalent={
                r"swap arguments: \min(\lambda, 1 - a_{\hat{c}})": "the minimum is symmetric",
                r"r in place of: \lambda": WEAKER,
            },
        )


def test_boundary():
    W, b = rand(K, D), rand(K)
    difference, x = W[0] - W[2], rand(D)
    x = x - difference * ((difference @ x + b[0] - b[2]) / (difference @ difference))  # projected on the boundary
    assert torch.softmax(W @ x + b, 0)[0] == pytest.approx(torch.softmax(W @ x + b, 0)[2])
    eq("softmax-boundary").holds({r"\mathbf{w}": list(W), "b": b, r"\mathbf{x}": x}, forall={"j": [1], "k": [3]})


# What a linear classifier cannot do


def test_parameters():
    layer = torch.nn.Linear(D, K)
    eq("softmax-parameters").holds({"n": sum(p.numel() for p in layer.parameters()), "d": D, "K": K})


def test_xor():
    w, b = rand(2), rand()

    def f(x1, x2):
        return functional.linear(torch.stack([torch.as_tensor(x1), torch.as_tensor(x2)]).double(), w[None], b[None])[0]

    same = "equal arguments"
    eq("softmax-xor").holds(
        {"f": f, "w": w, "b": b}, equivalent={"swap arguments: f(0, 0)": same, "swap arguments: f(1, 1)": same}
    )
    for x in ((0, 0), (0, 1), (1, 0), (1, 1)):
        value = (x[0] ^ x[1]) - 0.5
        eq("softmax-xor-features").holds({"f": lambda x, value=value: value, r"\mathbf{x}": vec(*x)})


def test_network():
    W, b, x = rand(2, D), rand(2), rand(D)
    hidden = torch.sigmoid(functional.linear(x, W, b))
    first = {
        r"\mathbf{W}": {1: W},
        r"\mathbf{b}": {1: b},
        r"\mathbf{x}": x,
        r"\mathbf{h}": hidden,
        r"\sigma": torch.sigmoid,
    }
    eq("softmax-network-hidden").holds(first)
    w, bias = rand(2), rand()
    p = torch.sigmoid(functional.linear(hidden, w[None], bias[None]))[0]
    eq("softmax-network-output").holds(
        {"p": p, r"\mathbf{w}": {2: w}, "b": {2: bias}, r"\mathbf{h}": hidden, r"\sigma": torch.sigmoid}
    )
