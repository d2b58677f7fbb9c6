"""The diffusion chapter's equations, evaluated from their LaTeX; torch's distributions and autograd are the oracles."""

import math

import pytest
import torch
from equations.draws import checker, rand
from torch.distributions import Categorical, Independent, MixtureSameFamily, MultivariateNormal, Normal

from dlnotes.book.equations import Distribution, eq
from dlnotes.diffusion import (
    Preconditioned,
    ddim_step,
    ddpm_step,
    denoising_loss,
    energy_distance,
    heun_step,
    noise_levels,
    ode_step,
    sde_step,
)

check = checker("diffusion")

N, D, SIGMA = 4, 3, 0.8
X, Z, HAT, EPS = r"\mathbf{x}", r"\mathbf{z}", r"\hat{\mathbf{x}}", r"\boldsymbol{\varepsilon}"
EPS_HAT, SIG = r"\hat{\boldsymbol{\varepsilon}}", r"\sigma"


def scalar(value):
    return torch.tensor(value, dtype=torch.float64)


def normal(mean, std):
    return Independent(Normal(mean, std * torch.ones_like(mean)), 1)


def mixture(data, sigma=SIGMA):
    return MixtureSameFamily(Categorical(torch.ones(len(data), dtype=torch.float64)), normal(data, sigma))


def kernel(data):
    """The density of a noisy place given one of the data, which has to come second."""

    def q(z, centre):
        if not any(torch.equal(x, centre) for x in data):
            raise ValueError("not one of the data")
        return normal(centre, SIGMA).log_prob(z).exp()

    return q


def score_of(data, sigma=SIGMA):
    """The score by autograd of torch's mixture."""

    def score(z):
        z = z.detach().requires_grad_()
        return torch.autograd.grad(mixture(data, sigma).log_prob(z), z)[0]

    return score


def posterior(z, data, sigma=SIGMA):
    """Probabilities of the clean points, by Bayes' rule from torch's densities."""
    joint = normal(data, sigma).log_prob(z).exp()
    return joint / joint.sum()


@pytest.fixture
def data():
    return rand(N, D)


@pytest.fixture
def z():
    return rand(D)


# Data and noise


def test_empirical(data):
    outcomes = Distribution(list(data), [1 / N] * N)
    check("empirical", {"p_0": outcomes, "f": lambda x: x[0].exp() + x[1], "N": N, X: list(data)})


def test_noise(data):
    state = torch.get_rng_state()
    noise = rand(D)
    for i in (1, 2, 3):
        torch.set_rng_state(state)
        check("noise", {Z: torch.normal(data[i - 1], SIGMA), X: list(data), SIG: SIGMA, EPS: noise}, forall={"i": [i]})


def test_densities(data, z):
    common = {X: list(data), Z: z, SIG: SIGMA, "d": D, "q": kernel(data), "N": N}
    check("kernel", common, forall={"i": [1, 2, 3]})
    check("mixture", {**common, "p": lambda at: mixture(data).log_prob(at).exp()})


def test_steps():
    levels, state = {0: 0.0, 1: 0.3, 2: 0.7, 3: 1.6}, torch.get_rng_state()
    noise = [rand(D) for _ in range(3)]
    start = rand(D)
    torch.set_rng_state(state)
    path = {0: start}
    for k in (1, 2, 3):
        path[k] = torch.normal(path[k - 1], math.sqrt(levels[k] ** 2 - levels[k - 1] ** 2))
    check("steps", {Z: path, SIG: levels, EPS: noise, "K": 3})
    check("variances", {SIG: levels, "K": 3})


def test_heat():
    c, centres = 0.4, [-1.0, 0.3, 2.0]
    for x in (-0.7, 1.9):
        common = {"x": x, "v": 0.6}
        check("bump", {**common, "c": c, "q": Normal(scalar(c), math.sqrt(0.6)).log_prob(scalar(x)).exp()})
        check("bump-time", {**common, "c": c}, given=["diffusion-bump"])
        symmetric = dict.fromkeys(["c in place of: x", "c in place of: x (2)"], "only (x - c)² occurs in the bump")
        check("bump-space", {**common, "c": c}, given=["diffusion-bump"], equivalent=symmetric)
        terms = " + ".join(rf"\exp(-\frac{{(x - c_{i})^2}}{{2 v}})" for i in (1, 2, 3))
        check("heat", {**common, "c": centres, "p": rf"\frac{{1}}{{3 \sqrt{{2 \pi v}}}} ({terms})"})


# The score in closed form


def test_score(data, z):
    p = {"p": lambda at: mixture(data).log_prob(at).exp(), Z: z}
    check("score", {**p, r"\mathbf{s}": score_of(data)})
    check("kernel-gradient", {"q": kernel(data), Z: z, X: list(data), SIG: SIGMA}, forall={"i": [1, 2, 3]})
    check("mixture-gradient", {**p, "q": kernel(data), X: list(data), SIG: SIGMA, "N": N})


def test_weights(data, z):
    w = posterior(z, data)
    common = {"w": w, Z: z, X: list(data), "N": N}
    p = {"p": lambda at: mixture(data).log_prob(at).exp()}
    check("joint", {**common, **p, "q": kernel(data)}, forall={"i": [1, 2, 3]})
    check("weights", {**common, "q": kernel(data)}, forall={"i": [1, 2, 3]})
    check("weights-softmax", {**common, SIG: SIGMA}, forall={"i": [1, 2, 3]})
    mean = z + SIGMA**2 * score_of(data)(z)
    check("posterior-mean", {**common, HAT: mean})
    check("tweedie", {r"\mathbf{s}": score_of(data), SIG: SIGMA, HAT: w @ data, Z: z})


# Denoising score matching


def test_explicit(data):
    places = [rand(D) for _ in range(4)]
    chances = rand(4).softmax(0)
    p, f, s = Distribution(places, chances), torch.nn.Linear(D, D).double(), score_of(data)
    wanted = sum(c * (f(at) - s(at)).square().sum() for c, at in zip(chances, places, strict=True))
    check("explicit", {"J": wanted, "p": p, r"\mathbf{f}": f, r"\mathbf{s}": s, Z: rand(D)})


def test_contribution(data, z):
    targets = []
    for centre in data:
        at = z.clone().requires_grad_()
        targets.append(torch.autograd.grad(normal(centre, SIGMA).log_prob(at), at)[0])
    common = {X: list(data), Z: z, SIG: SIGMA}
    indices = {"i": [1, 2, 3]}
    check("conditional-score", {**common, "q": kernel(data)}, forall=indices)
    check("contribution", {**common, r"\mathbf{c}": targets}, forall=indices)
    check("noise-target", {X: list(data), SIG: SIGMA, EPS: rand(D)}, forall=indices)
    w = posterior(z, data)
    check("mean-contribution", {r"\mathbf{s}": score_of(data), Z: z, "w": w, r"\mathbf{c}": targets, "N": N})


def test_lemma(data, z):
    w = posterior(z, data)
    c = (data - z) / SIGMA**2
    s = score_of(data)(z)
    common = {"w": w, r"\mathbf{c}": list(c), r"\mathbf{s}": s, "N": N}
    any_vectors = {r"\mathbf{f}": rand(D), r"\mathbf{s}": rand(D), r"\mathbf{c}": list(rand(N, D))}
    check("lemma-square", any_vectors, forall={"i": [1, 3]})
    check("lemma-cross", {**any_vectors, "w": w, "N": N})
    check("lemma", {**common, r"\mathbf{f}": rand(D)})
    spread = torch.cov(c.T, aweights=w, correction=0).trace()
    check("variance", {**common, "V": spread})


def test_theorem(data):
    nodes = [rand(D) for _ in range(5)]
    f, s = torch.nn.Linear(D, D).double(), score_of(data)

    def pick(x):
        return next(i for i in range(N) if torch.equal(data[i], x))

    def variance(at):
        c = (data - at) / SIGMA**2
        return torch.cov(c.T, aweights=posterior(at, data), correction=0).trace()

    def contribution(at, x):
        at = at.detach().requires_grad_()
        return torch.autograd.grad(normal(data[pick(x)], SIGMA).log_prob(at), at)[0]

    check(
        "theorem",
        {
            "q": kernel(data),
            "p": lambda at: mixture(data).log_prob(at).exp(),
            r"\mathbf{c}": contribution,
            r"\mathbf{f}": f,
            r"\mathbf{s}": s,
            "V": variance,
            Z: nodes,
            X: list(data),
            "h": 0.3,
            "N": N,
            "G": 5,
        },
    )


def test_vincent():
    """Continuous data: normal with variance 1.69, by quadrature over clean points and noise; three functions."""
    axis = torch.linspace(-8, 8, 161, dtype=torch.float64)
    weight = Normal(scalar(0.0), 1.0).log_prob(axis).exp() * 0.1
    x0, noise = 1.3 * axis[:, None], axis[None]
    z = x0 + SIGMA * noise
    joint = weight[:, None] * weight
    constants = []
    for f in (lambda z: 0 * z, torch.sin, lambda z: -z):
        practical = (joint * (f(z) + noise / SIGMA).square()).sum()
        wanted = (joint * (f(z) + z / (1.69 + SIGMA**2)).square()).sum()
        constants.append(practical - wanted)
    torch.testing.assert_close(torch.stack(constants), constants[0].expand(3))
    assert constants[0] > 0.1
    eq("diffusion-vincent").by_program(
        en="the expectation runs over a continuous distribution of any kind; evaluated by quadrature for one of them",
        zh="期望取自任意的连续分布；程序对其中一个用数值积分检验",
    )


def test_parametrisations(data, z):
    s = score_of(data)(z)
    noise = -(posterior(z, data) @ data - z) / SIGMA
    check("noise-from-score", {EPS_HAT: noise, SIG: SIGMA, r"\mathbf{s}": s})
    check("clean-from-noise", {HAT: posterior(z, data) @ data, Z: z, SIG: SIGMA, EPS_HAT: -SIGMA * s})
    x0, noise = rand(D), rand(D)
    z = x0 + SIGMA * noise
    s = score_of(data)(z)
    check(
        "three-losses",
        {HAT: posterior(z, data) @ data, r"\mathbf{x}_0": x0, SIG: SIGMA, EPS: noise, EPS_HAT: -SIGMA * s}
        | {r"\mathbf{s}": s},
    )


def test_training_loss():
    x, sigma, layer = rand(4, D), rand(4).exp(), torch.nn.Linear(D + 1, D).double()

    def denoiser(z, level):
        return layer(torch.cat([z, level.reshape(*z.shape[:-1], 1)], dim=-1))

    state = torch.get_rng_state()
    noise = torch.randn(4, D, dtype=torch.float64)
    torch.set_rng_state(state)
    weight = 1 + sigma**-2
    loss = D * denoising_loss(denoiser, x, sigma[:, None], weight[:, None]).mean()  # the page sums over coordinates
    check(
        "training-loss",
        {r"\mathcal{L}": loss, "B": 4, r"\lambda": lambda s: 1 + s**-2, SIG: sigma, HAT: denoiser, X: list(x)}
        | {EPS: list(noise)},
    )


def test_floor():
    """Cells of 0.9 sigma: for Gaussian bumps a sum over a lattice is an integral to nine digits and more."""
    data, h = 0.3 * rand(N, 2), 0.85 * SIGMA
    side = h * torch.arange(-8, 9, dtype=torch.float64) + 0.01
    nodes = list(torch.cartesian_prod(side, side).roll(len(side) ** 2 // 2, 0))  # none at the end is negligible

    def variance(at):
        c = (data - at) / SIGMA**2
        return torch.cov(c.T, aweights=posterior(at, data), correction=0).trace()

    check(
        "floor",
        {"h": h**2, "p": lambda at: mixture(data).log_prob(at).exp(), "V": variance, r"\mathbf{s}": score_of(data)}
        | {Z: nodes, "G": len(nodes), "d": 2, SIG: SIGMA},
        tolerance=1e-6,
    )


# The way back

LEVELS = {3: 0.9, 4: 0.5}
K = {"k": [3]}


def conditional(x, z):
    """Mean and variance, of one coordinate, of the lower level given clean x and the higher level."""
    low, high = LEVELS[4] ** 2, LEVELS[3] ** 2
    joint = torch.tensor([[low, low], [low, high]], dtype=torch.float64)  # covariance of (lower, higher) given x
    gain = joint[0, 1] / joint[1, 1]
    return x + gain * (z - x), joint[0, 0] - gain * joint[1, 0]


def test_bridge(data, z):
    _, variance = conditional(data[1], z)
    check("bridge-variance", {"v": {3: variance}, SIG: LEVELS}, forall=K)
    means = {tuple(x.tolist()): conditional(x, z)[0] for x in data}
    for i in (1, 2, 3):
        check(
            "bridge-mean",
            {
                r"\mathbf{m}": lambda x: means[tuple(x.tolist())],
                X: list(data),
                Z: {3: z},
                "v": {3: variance},
                SIG: LEVELS,
            },
            forall={**K, "i": [i]},
        )
    w = posterior(z, data, LEVELS[3])
    check(
        "reverse-mean",
        {r"\mathbf{m}": lambda x: conditional(x, z)[0], X: list(data), Z: {3: z}, SIG: LEVELS, "w": w, "N": N}
        | {HAT: w @ data, r"\mathbf{s}": score_of(data, LEVELS[3])},
        forall=K,
    )
    parts = torch.stack([conditional(x, z)[0] for x in data])
    total = variance * torch.eye(D, dtype=torch.float64) + torch.cov(parts.T, aweights=w, correction=0)
    check(
        "reverse-covariance",
        {r"\mathbf{C}": {3: total}, "v": {3: variance}, r"\mathbf{I}": torch.eye(D, dtype=torch.float64)}
        | {X: list(data), SIG: LEVELS, "w": w, "N": N, HAT: w @ data},
        forall=K,
        equivalent={
            f"{change}: {subject}{place}": "the weighted deviations sum to zero, so a constant in one factor is lost"
            for change, subject in (
                ("change sign 2", rf"{X}^{{(i)}} - {HAT}"),
                ("drop term 2", rf"{X}^{{(i)}} - {HAT}"),
                ("drop minus", f"- {HAT}"),
            )
            for place in ("", " (2)")
        },
    )


def test_reverse_steps(data, z):
    sigma, after = scalar(LEVELS[3]), scalar(LEVELS[4])

    def denoiser(z, sigma):
        return posterior(z, data, sigma) @ data

    def velocity(z, sigma):
        return -sigma * score_of(data, sigma)(z)

    common = {Z: None, SIG: LEVELS, HAT: denoiser(z, sigma)}
    state = torch.get_rng_state()
    noise = rand(D)
    torch.set_rng_state(state)
    below = sde_step(denoiser, z, sigma, after)
    variance = conditional(data[0], z)[1]
    check("reverse-step", {**common, Z: {3: z, 4: below}, "v": {3: variance}, EPS: {3: noise}}, forall=K)
    below = ode_step(denoiser, z, sigma, after)
    check("ode-step", {**common, Z: {3: z, 4: below}}, forall=K)
    check("flow", {r"\mathbf{u}": velocity(z, sigma), SIG: LEVELS[3], Z: z, HAT: denoiser(z, sigma)})
    slopes = {3: velocity(z, sigma), 4: velocity(below, after)}
    check("heun", {Z: {3: z, 4: heun_step(denoiser, z, sigma, after)}, SIG: LEVELS, r"\mathbf{u}": slopes}, forall=K)


def test_flow_in_one_dimension():
    centres = [-1.0, 0.3, 2.0]
    terms = " + ".join(rf"\exp(-\frac{{(x - c_{i})^2}}{{2 \sigma^2}})" for i in (1, 2, 3))
    density = {"c": centres, "p": rf"\frac{{1}}{{3 \sigma \sqrt{{2 \pi}}}} ({terms})"}
    for x in (-0.7, 1.9):
        common = {**density, "x": x, SIG: 0.7}
        place = torch.tensor([x], dtype=torch.float64)
        s = score_of(scalar(centres)[:, None], 0.7)(place)[0]
        check("continuity", {**common, "j": r"-\sigma \frac{\partial p}{\partial x}"})
        check("heat-level", common)
        check("velocity", {**common, "u": -0.7 * s, "s": s})


def test_gaussian_data():
    spread = 1.3
    z, level = 0.7, LEVELS[3]
    steps = 2000
    for sigma, after in torch.linspace(LEVELS[3], LEVELS[4], steps + 1, dtype=torch.float64).unfold(0, 2, 1):
        middle = z + (after - sigma) / 2 * sigma * z / (spread**2 + sigma**2)  # midpoint rule
        centre = (sigma + after) / 2
        z = z + (after - sigma) * centre * middle / (spread**2 + centre**2)
    check("gaussian-flow", {"z": {3: 0.7, 4: z}, r"\tau": spread, SIG: LEVELS}, forall=K, tolerance=1e-6)

    def denoiser(z, sigma):
        return z * spread**2 / (spread**2 + sigma**2)

    place = scalar([0.7]).requires_grad_()
    (factor,) = torch.autograd.grad(sde_step(denoiser, place, scalar(level), scalar(LEVELS[4])).sum(), place)
    fresh, before = conditional(scalar(0.0), scalar(0.0))[1], 2.1
    after = factor[0] ** 2 * before + fresh
    check("variance-recursion", {"V": {3: before, 4: after}, "v": {3: fresh}, r"\tau": spread, SIG: LEVELS}, forall=K)


def test_levels():
    high, low, rho, steps = 9.0, 0.2, 3.0, 5
    levels = noise_levels(high, low, steps, rho)
    check(
        "levels",
        {
            SIG: dict(enumerate(levels[:-1].tolist())),
            r"\sigma_{\max}": high,
            r"\sigma_{\min}": low,
            r"\rho": rho,
            "K": steps,
        },
        forall={"k": [0, 1, 3]},
    )


# The exact score memorises


def test_memory():
    data = torch.tensor([[0.0, 0.3], [2.0, 0.4], [0.2, -1.7]], dtype=torch.float64)
    z, far = data[0] + 0.1 * rand(2), torch.cdist(data[:1], data).max()
    squares = (z - data).square().sum(1)
    gap = (squares - squares[0])[1:].min()
    for sigma in (0.3, 1.0):
        w = posterior(z, data, sigma)
        bound = {"w": w, r"\gamma": gap, SIG: sigma}
        check("weight-bound", bound, forall={"j": [2, 3]})
        mean = w @ data
        check("memory-bound", {HAT: mean, X: list(data), "N": N, "R": far, r"\gamma": gap, SIG: sigma, "n": 1})
    close = torch.tensor([[0.0, 0.0], [2.0, 0.0], [2.0, 0.0], [2.0, 0.0]], dtype=torch.float64)  # bounds nearly reached
    place = torch.tensor([-1.0, 0.0], dtype=torch.float64)
    w = posterior(place, close, 0.6)
    tight = {r"\gamma": 8.0, SIG: 0.6}
    check("weight-bound", {"w": w, **tight}, forall={"j": [2]}, tight=1e-3)
    check("memory-bound", {HAT: w @ close, X: list(close), "N": 4, "R": 2.0, "n": 1, **tight}, tight=1e-3)


# Training a denoiser

SD = r"\sigma_{\mathrm{d}}"
CS, CO, CI = r"c_{\mathrm{s}}", r"c_{\mathrm{o}}", r"c_{\mathrm{i}}"


def test_preconditioning():
    z, layer, spread, sigma = rand(D), torch.nn.Linear(D, D).double(), 0.6, 1.7
    seen = []

    def network(z, level):
        seen.append(z)
        return layer(z)

    out = Preconditioned(network, spread)(z, scalar(sigma))
    c_in = seen[0][0] / z[0]
    c_skip = Preconditioned(lambda z, level: 0 * z, spread)(z, scalar(sigma))[0] / z[0]
    c_out = Preconditioned(lambda z, level: 0 * z + 1, spread)(0 * z, scalar(sigma))[0]
    check("preconditioning", {HAT: out, CS: c_skip, CO: c_out, CI: c_in, Z: z, r"\mathbf{f}": layer})
    common = {SIG: sigma, SD: spread}
    check("c-in", {CI: c_in, **common})
    check("c-skip", {CS: c_skip, **common})
    check("c-out", {CO: c_out, CS: c_skip, **common})
    for c in (0.3, 1.4):
        parts = torch.tensor([[1 - c], [-c]], dtype=torch.float64)  # of the clean coordinate and the noise
        variances = torch.diag(torch.tensor([spread**2, sigma**2], dtype=torch.float64))
        check("c-error", {"E": (parts.T @ variances @ parts)[0, 0], CS: c, **common})
        check("c-slope", {CS: c, **common}, given=["diffusion-c-error"])


def test_energy():
    x, y = rand(3, D), rand(4, D)
    check("energy", {r"\mathcal{E}": energy_distance(x, y), X: list(x), r"\mathbf{y}": list(y), "n": 3, "m": 4})


# The DDPM dictionary

BETAS = {1: 0.1, 2: 0.25, 3: 0.4, 4: 0.3}
BAR, BETA = r"\bar{\alpha}", r"\beta"


def ddpm():
    """alpha-bar and noise level of every step."""
    bars = {0: 1.0}
    for t, beta in BETAS.items():
        bars[t] = bars[t - 1] * (1 - beta)
    return bars, {t: math.sqrt((1 - bar) / bar) for t, bar in bars.items()}


def test_ddpm_forward():
    bars, levels = ddpm()
    x0, state = rand(D), torch.get_rng_state()
    noise = {t: rand(D) for t in BETAS}
    torch.set_rng_state(state)
    path = {0: x0}
    for t, beta in BETAS.items():
        path[t] = torch.normal(math.sqrt(1 - beta) * path[t - 1], math.sqrt(beta))
    steps = {"t": [1, 2, 4]}
    check("ddpm-chain", {X: path, BETA: BETAS, EPS: noise}, forall=steps)
    check("alpha-bar", {BAR: bars, BETA: BETAS}, forall={"t": [1, 3, 4]})
    variance = {0: 0.0}  # of the noise alone, step by step
    for t, beta in BETAS.items():
        variance[t] = (1 - beta) * variance[t - 1] + beta
    check("ddpm-variance", {BAR: {t: 1 - v for t, v in variance.items()}, BETA: BETAS}, forall={"t": [2, 3, 4]})
    share = path[3] - math.sqrt((1 - 0.1) * (1 - 0.25) * (1 - 0.4)) * x0
    unit = share / math.sqrt(variance[3])
    common = {X: {0: x0, 3: path[3]}, BAR: bars, EPS: unit}
    check("ddpm-once", common, forall={"t": [3]})
    check("dictionary", {**common, SIG: levels}, forall={"t": [3]})
    check("level-of-step", {SIG: {t: math.sqrt(v / (1 - v)) for t, v in variance.items()}, BAR: bars}, forall=steps)
    check("beta-of-level", {BETA: BETAS, SIG: levels}, forall=steps)


def test_ddpm_backward(data):
    bars, levels = ddpm()
    t, betas = 3, scalar(list(BETAS.values()))
    x = rand(D)
    z, level = x / math.sqrt(bars[t]), levels[t]
    noise = -level * score_of(data, level)(z)
    shrunk = MixtureSameFamily(
        Categorical(torch.ones(N, dtype=torch.float64)), normal(math.sqrt(bars[t]) * data, math.sqrt(1 - bars[t]))
    )

    def score_in_their_units(at):
        at = at.detach().requires_grad_()
        return torch.autograd.grad(shrunk.log_prob(at), at)[0]

    step = {"t": [t]}
    common = {X: {t: x}, BAR: bars, EPS_HAT: noise}
    check(
        "ddpm-score",
        {**common, r"\mathbf{r}": score_in_their_units, r"\mathbf{s}": score_of(data, level)},
        forall=step,
    )
    drawn = torch.stack([ddpm_step(x, noise, betas, t, torch.Generator().manual_seed(n)) for n in range(2)])
    raw = torch.stack(
        [torch.randn(D, generator=torch.Generator().manual_seed(n), dtype=torch.float64) for n in range(2)]
    )
    std = ((drawn[0] - drawn[1]) / (raw[0] - raw[1]))[0]
    check("ddpm-mean", {**common, r"\boldsymbol{\mu}": {t: drawn[0] - std * raw[0]}, BETA: BETAS}, forall=step)
    check("ddpm-posterior", {r"\tilde{\beta}": {t: std**2}, BAR: bars, BETA: BETAS}, forall=step)
    clean = z - level * noise
    after = ddim_step(x, noise, betas, t, t - 1)
    check("ddim", {X: {t - 1: after}, BAR: bars, HAT: clean, EPS_HAT: noise}, forall=step)
    check("ddpm-factor", {BAR: bars, SIG: levels, BETA: BETAS}, forall={"t": [2, 3, 4]})


# Editing


def test_bayes():
    """A joint normal law of z and y; conditionals from torch's joint density."""
    root = rand(D + 2, D + 2)
    joint = MultivariateNormal(rand(D + 2), root @ root.T + torch.eye(D + 2, dtype=torch.float64))
    z, y = rand(D), rand(2)

    def marginal(first):
        return MultivariateNormal(
            joint.loc[:D] if first else joint.loc[D:],
            joint.covariance_matrix[:D, :D] if first else joint.covariance_matrix[D:, D:],
        )

    def p(*values):
        if len(values) == 1:
            return marginal(True).log_prob(values[0]).exp()
        given_y = values[1] is not None and torch.equal(values[1], y)
        at, other = values if given_y else values[::-1]
        whole = joint.log_prob(torch.cat([at, other])).exp()
        return whole / marginal(not given_y).log_prob(values[1]).exp()

    check("bayes", {"p": p, Z: z, r"\mathbf{y}": y})


def test_guidance_and_replacement(data):
    z, y, w = rand(D), rand(2), 2.5
    plain, given_y = rand(D), rand(D)

    def s(at, label=None):
        if not torch.equal(at, z) or (label is not None and not torch.equal(label, y)):
            raise ValueError("no such place or label")
        return plain if label is None else given_y

    guided = torch.lerp(plain, given_y, w)
    check("guidance", {r"\mathbf{g}": guided, r"\mathbf{s}": s, Z: z, r"\mathbf{y}": y, "w": w})
    mask, x, noise, before = scalar([1.0, 0.0, 1.0, 0.0, 0.0]), rand(5), rand(5), rand(5)
    after = torch.where(mask.bool(), torch.add(x, noise, alpha=SIGMA), before)
    check(
        "replacement",
        {
            Z: before,
            r"\mathbf{m}": mask,
            X: x,
            SIG: SIGMA,
            EPS: noise,
            r"\mathbf{1}": torch.ones(5, dtype=torch.float64),
        },
        after={Z: after},
    )


def test_denoiser_jacobian(data, z):
    common = {
        r"\mathbf{z}": z,
        SIG: SIGMA,
        X: list(data),
        "N": N,
        "w": posterior(z, data),
        HAT: posterior(z, data) @ data,
    }
    jacobian = torch.autograd.functional.jacobian(lambda at: posterior(at, data) @ data, z)
    check("denoiser-jacobian", {**common, rf"\frac{{\partial {HAT}}}{{\partial {Z}}}": jacobian})
