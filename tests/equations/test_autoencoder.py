"""The equations of the autoencoder chapter; eigensolvers, torch's densities and autograd are the oracles."""

import math

import numpy as np
import pytest
import torch
from equations.draws import checker, rand
from scipy import linalg
from torch.autograd.functional import jacobian
from torch.distributions import MixtureSameFamily, MultivariateNormal, Normal

from dlnotes.book.equations import Distribution

check = checker("autoencoder")

N, D, K = 7, 5, 3
X, NOISY = r"\mathbf{x}", r"\tilde{\mathbf{x}}"


def number(value):
    return torch.tensor(value, dtype=torch.float64)


def orthogonal(d, k):
    return torch.linalg.qr(rand(d, d)).Q[:, :k]


def centred():
    x = rand(N, D) * torch.arange(1, D + 1)
    return x - x.mean(0)


# Narrow codes


def test_code():
    encode, decode = torch.nn.Linear(D, K).double(), torch.nn.Linear(K, D).double()
    x = rand(D)
    both = torch.nn.Sequential(encode, decode)
    with torch.no_grad():
        check("code", {r"\mathbf{z}": encode(x), r"\hat{\mathbf{x}}": both(x), "g": encode, "f": decode, X: x})


def test_loss():
    encode, decode, x = torch.nn.Linear(D, K).double(), torch.nn.Linear(K, D).double(), rand(N, D)
    loss = D * torch.nn.functional.mse_loss(decode(encode(x)), x)
    check("loss", {r"\mathcal{L}": loss, "f": decode, "g": encode, X: list(x), "N": N})


def test_identity():
    M, x = rand(D, D), rand(D)
    check(
        "identity",
        {"f": lambda z: torch.linalg.solve(M, z), "g": lambda x: torch.mv(M, x), r"\mathbf{M}": M, X: x},
        equivalent={
            r"swap factors 1 and 2: \mathbf{M}^{-1} \mathbf{M} \mathbf{x}": "a matrix commutes with its inverse",
        },
    )


# The linear autoencoder


def affine(x, A, B, c):
    return D * torch.nn.functional.mse_loss(torch.nn.functional.linear(x, B @ A, c), x)


def test_affine_loss():
    A, B, c, x = rand(K, D), rand(D, K), rand(D), rand(N, D)
    value = {r"\mathcal{L}": lambda A, B, c: affine(x, A, B, c)}
    check("affine-loss", value | {r"\mathbf{A}": A, r"\mathbf{B}": B, r"\mathbf{c}": c, X: list(x), "N": N})


def test_offset_gradient():
    A, B, c, x = rand(K, D), rand(D, K), rand(D).requires_grad_(), rand(N, D)
    (gradient,) = torch.autograd.grad(affine(x, A, B, c), c)
    check(
        "offset-gradient",
        {
            r"\frac{\partial \mathcal{L}}{\partial \mathbf{c}}": gradient,
            r"\mathbf{A}": A,
            r"\mathbf{B}": B,
            r"\mathbf{c}": c,
            X: list(x),
            "N": N,
        },
    )


def test_centring():
    A, B, x = rand(K, D), rand(D, K), rand(N, D)
    design = torch.ones(N, 2, dtype=torch.float64)  # least squares finds the offset
    offset = 2 * torch.linalg.lstsq(design, x - x @ (B @ A).T, driver="gelsd").solution[0]
    check(
        "centring",
        {r"\mathbf{A}": A, r"\mathbf{B}": B, r"\mathbf{c}": offset, r"\bar{\mathbf{x}}": x.mean(0), X: x[2]},
    )


def test_linear_loss():
    A, B, x = rand(K, D), rand(D, K), rand(N, D)
    value = {r"\mathcal{L}": lambda A, B: affine(x, A, B, None)}
    check("linear-loss", value | {r"\mathbf{A}": A, r"\mathbf{B}": B, X: list(x), "N": N})


def test_orthogonal():
    Q = orthogonal(D, K)
    check("orthogonal", {r"\mathbf{Q}": Q, X: rand(D), r"\mathbf{0}": torch.zeros(K, dtype=torch.float64)})


def test_pythagoras():
    Q = orthogonal(D, K)
    check("pythagoras", {r"\mathbf{Q}": Q, X: rand(D), r"\mathbf{v}": rand(K)})


def covariance(x):
    return torch.cov(x.T, correction=0)


def test_covariance():
    x = centred()
    check("covariance", {r"\mathbf{S}": covariance(x), X: list(x), "N": N})


def test_trace():
    x, Q = centred(), orthogonal(D, K)
    check("trace", {r"\mathbf{S}": covariance(x), r"\mathbf{Q}": Q, X: list(x), "N": N})


def spectrum(x):
    values, vectors = torch.linalg.eigh(covariance(x))
    return values.flip(0), vectors.flip(1)


def test_spectrum():
    x = centred()
    values, vectors = spectrum(x)
    check("spectrum", {r"\mathbf{S}": covariance(x), r"\lambda": values, r"\mathbf{u}": list(vectors.T), "d": D})


def weights(Q, vectors):
    """Squared lengths of the eigenvectors' projections, by least squares."""
    coordinates = torch.linalg.lstsq(Q, vectors).solution
    return (Q @ coordinates).square().sum(0)


def test_kept():
    x, Q = centred(), orthogonal(D, K)
    values, vectors = spectrum(x)
    check(
        "kept",
        {r"\mathbf{S}": covariance(x), r"\mathbf{Q}": Q, r"\lambda": values, "w": weights(Q, vectors), "d": D},
    )


def test_weights():
    Q = orthogonal(D, K)
    _, vectors = spectrum(centred())
    check(
        "weights",
        {r"\mathbf{Q}": Q, "w": weights(Q, vectors), "d": D, "k": K},
        equivalent={
            r"swap factors 1 and 2: \mathbf{Q}^\top \mathbf{Q}": "the trace of a product is the same in either order",
        },
    )


def test_gap():
    Q, (values, vectors) = orthogonal(D, K), spectrum(centred())
    bindings = {r"\lambda": values, "d": D, "k": K}
    zero = "a term that is added or left out has the factor λ_k - λ_k = 0"
    check(
        "gap",
        bindings | {"w": weights(Q, vectors)},
        equivalent={"stop one earlier: j=1 (4)": zero, "drop term 2: k+1 (2)": zero},
    )
    check("gap", bindings | {"w": weights(vectors[:, :K], vectors)}, tight=1e-9)


def test_minimum():
    x = centred()
    values, _ = spectrum(x)
    U, S, V = torch.linalg.svd(x, full_matrices=False)
    truncated = (U[:, :K] * S[:K]) @ V[:K]
    least = (truncated - x).square().sum(1).mean()
    for _ in range(100):
        A, B = rand(K, D), rand(D, K)
        B = torch.linalg.lstsq(x @ A.T, x).solution.T  # the best decoder of a random encoder
        assert affine(x, A, B, None) >= least
    check("minimum", {r"\mathcal{L}_{\min}": least, r"\lambda": values, "d": D, "k": K})


def test_freedom():
    check("freedom", {r"\mathbf{A}": rand(K, D), r"\mathbf{B}": rand(D, K), r"\mathbf{M}": rand(K, K)})


def test_angles():
    Q, P = orthogonal(D, K), orthogonal(D, 2)
    angles = torch.from_numpy(linalg.subspace_angles(Q.numpy(), P.numpy())).flip(0)
    largest = [lambda M, j=j: torch.linalg.svdvals(M)[j] for j in range(2)]
    check(
        "angles",
        {r"\vartheta": list(angles), r"\sigma": largest, r"\mathbf{Q}": Q, r"\mathbf{P}": P},
        forall={"j": [1, 2]},
    )


@pytest.mark.parametrize("name", ["decoder", "encoder"])
def test_gradient(name):
    x, A, B = centred(), rand(K, D).requires_grad_(), rand(D, K).requires_grad_()
    symbol, variable = (r"\mathbf{B}", B) if name == "decoder" else (r"\mathbf{A}", A)
    (gradient,) = torch.autograd.grad(affine(x, A, B, None), variable)
    check(
        f"gradient-{name}",
        {
            rf"\frac{{\partial \mathcal{{L}}}}{{\partial {symbol}}}": gradient,
            r"\mathbf{A}": A,
            r"\mathbf{B}": B,
            r"\mathbf{S}": covariance(x),
            r"\mathbf{I}": torch.eye(D, dtype=torch.float64),
        },
    )


def test_tilt():
    x = centred()
    values, vectors = spectrum(x)
    i, j = 3, 2  # the third component in place of the second

    def loss(theta):
        theta = torch.as_tensor(theta, dtype=torch.float64)
        turned = theta.cos() * vectors[:, i - 1] + theta.sin() * vectors[:, j - 1]
        B = torch.stack([vectors[:, 0], turned], 1)
        return affine(x, B.T, B, None)

    check(
        "tilt",
        {r"\mathcal{L}": loss, r"\lambda": values, r"\theta": number(0.4), "i": i, "j": j},
    )


# Dimension


def test_spot():
    s, t = number([0.2, -0.3, 0.6, 1.4]), torch.linspace(-1, 1, 5, dtype=torch.float64)
    bell = MultivariateNormal(s[:2], s[2] ** 2 * torch.eye(2, dtype=torch.float64))
    points = torch.stack([t.expand(5, 5), t[:, None].expand(5, 5)], -1)
    image = s[3] * (bell.log_prob(points) - bell.log_prob(s[:2])).exp()
    check("spot", {"x": image, r"s": s, "t": t}, forall={"r": [1, 3], "c": [2, 5]})


def perfect():
    """A family in N dimensions with K factors, and the Jacobians of it and of a perfect smooth autoencoder of it."""
    W, mix = rand(N, K), rand(K, K)  # the code is a mixture of the factors

    def family(s):
        return torch.tanh(W @ s)

    def encode(x):
        return mix @ torch.linalg.pinv(W) @ torch.atanh(x)

    def decode(z):
        return family(torch.linalg.solve(mix, z))

    s = 0.3 * rand(K)
    x = family(s)
    return jacobian(family, s), jacobian(decode, encode(x)), jacobian(encode, x)


def test_chain():
    family, decoder, encoder = perfect()
    check("chain", {r"\mathbf{J}_\varphi": family, r"\mathbf{J}_f": decoder, r"\mathbf{J}_g": encoder})


def test_rank():
    """Codes wider than need be: one that holds what does not vary in the data, and one that the decoder ignores."""
    family, decoder, encoder = perfect()
    constant = torch.linalg.svd(family).U[:, -1:].T  # orthogonal to the family's directions
    wider = torch.cat([decoder, rand(N, 1)], 1), torch.cat([encoder, constant])
    widest = torch.cat([wider[0], torch.zeros(N, 1)], 1), torch.cat([wider[1], rand(1, N)])
    for (f, g), tight in ((wider, {3: 0}), (widest, None)):
        check(
            "rank",
            {
                r"\operatorname{rank}": torch.linalg.matrix_rank,
                r"\mathbf{J}_\varphi": family,
                r"\mathbf{J}_f": f,
                r"\mathbf{J}_g": g,
                "k": len(g),
                "m": K,
            },
            tight=tight,
            equivalent={
                r"drop factor 1: \mathbf{J}_f \mathbf{J}_g \mathbf{J}_\varphi": "the code varies as much as the output",
                r"transpose: \mathbf{J}_f (2)": "rows and columns have the same rank",
            },
        )


def test_relative_error():
    x = centred()
    values, vectors = spectrum(x)
    output = x @ vectors[:, :2] @ vectors[:, :2].T
    error = torch.linalg.norm(output - x) / torch.linalg.norm(x)
    check("relative-error", {r"\epsilon": {2: error}, r"\lambda": values, "d": D}, forall={"k": [2]})


def test_share():
    from sklearn.metrics import r2_score

    x, output = rand(N, D) + 1, rand(N, D)
    share = 1 - r2_score(x.numpy(), output.numpy(), multioutput="variance_weighted")
    check(
        "share",
        {"E": share, r"\hat{\mathbf{x}}": list(output), X: list(x), r"\bar{\mathbf{x}}": x.mean(0), "N": N},
    )


# Denoising


def points(count=4, d=2):
    probabilities = torch.rand(count, dtype=torch.float64) + 0.2
    return rand(count, d), probabilities / probabilities.sum()


def noisy_mixture(where, probabilities, sigma):
    """Points with noise, as torch's own mixture."""
    parts = MultivariateNormal(where, sigma**2 * torch.eye(where.shape[1], dtype=torch.float64))
    return MixtureSameFamily(torch.distributions.Categorical(probabilities), parts)


def conditional_mean(where, probabilities, sigma, noisy):
    """By Bayes' rule, with torch's densities."""
    densities = MultivariateNormal(where, sigma**2 * torch.eye(where.shape[1], dtype=torch.float64)).log_prob(noisy)
    posterior = probabilities * densities.exp()
    return (posterior / posterior.sum()) @ where


def score(where, probabilities, sigma, noisy):
    noisy = noisy.clone().requires_grad_()
    return torch.autograd.grad(noisy_mixture(where, probabilities, sigma).log_prob(noisy), noisy)[0]


def test_noise():
    x, e, sigma = rand(D), rand(D), number(0.7)
    check("noise", {NOISY: torch.add(x, e, alpha=0.7), X: x, r"\boldsymbol{\varepsilon}": e, r"\sigma": sigma})


def test_denoising_loss():
    where, probabilities = points()
    noises, chances = points(3)
    W, sigma = rand(2, 2), number(0.6)

    def denoise(x):
        return torch.tanh(W @ x)

    total = sum(
        p * q * torch.dist(denoise(x + 0.6 * e), x) ** 2
        for x, p in zip(where, probabilities, strict=True)
        for e, q in zip(noises, chances, strict=True)
    )
    check(
        "denoising-loss",
        {
            r"\mathcal{L}(r)": total,
            "r": denoise,
            "p": Distribution(list(where), probabilities),
            "q": Distribution(list(noises), chances),
            r"\sigma": sigma,
        },
    )


def test_expansion():
    where, probabilities = points()
    check(
        "expansion",
        {r"\mathbf{r}": rand(2), r"\mathbf{m}": rand(2), r"\pi": Distribution(list(where), probabilities)},
    )


def test_decomposition():
    where, probabilities = points()
    mean = torch.from_numpy(np.average(where.numpy(), axis=0, weights=probabilities.numpy()))
    check(
        "decomposition",
        {r"\mathbf{r}": rand(2), r"\mathbf{m}": mean, r"\pi": Distribution(list(where), probabilities)},
    )


SIGMA = 0.8


def noise_density(u):
    return MultivariateNormal(torch.zeros(len(u)).double(), SIGMA**2 * torch.eye(len(u)).double()).log_prob(u).exp()


def test_noise_density():
    check(
        "noise-density",
        {r"\phi": noise_density, r"\mathbf{u}": rand(3), r"\sigma": number(SIGMA), "d": 3},
    )


def test_noisy_density():
    where, probabilities = points()
    check(
        "noisy-density",
        {
            r"p_\sigma": lambda x: noisy_mixture(where, probabilities, SIGMA).log_prob(x).exp(),
            "p": Distribution(list(where), probabilities),
            r"\phi": noise_density,
            NOISY: rand(2),
        },
    )


def test_posterior_mean():
    where, probabilities = points()
    check(
        "posterior-mean",
        {
            "r": lambda x: conditional_mean(where, probabilities, SIGMA, x),
            "p": Distribution(list(where), probabilities),
            r"\phi": noise_density,
            NOISY: rand(2),
        },
    )


def test_noise_gradient():
    check("noise-gradient", {r"\phi": noise_density, r"\mathbf{u}": rand(3), r"\sigma": number(SIGMA)})


def test_score_derivation():
    where, probabilities = points()
    check(
        "score-derivation",
        {
            "r": lambda x: conditional_mean(where, probabilities, SIGMA, x),
            "p": Distribution(list(where), probabilities),
            r"p_\sigma": lambda x: noisy_mixture(where, probabilities, SIGMA).log_prob(x).exp(),
            r"\phi": noise_density,
            r"\sigma": number(SIGMA),
            NOISY: rand(2),
        },
    )


@pytest.mark.parametrize("name", ["tweedie", "learned-score"])
def test_tweedie(name):
    where, probabilities = points()
    check(
        name,
        {
            "r": lambda x: conditional_mean(where, probabilities, SIGMA, x),
            r"p_\sigma": lambda x: noisy_mixture(where, probabilities, SIGMA).log_prob(x).exp(),
            r"\sigma": number(SIGMA),
            NOISY: rand(2),
        },
    )


def mixture(d=3):
    means, probabilities = points(4, d)
    return means, probabilities, torch.rand(4, dtype=torch.float64) + 0.3


def test_shares():
    means, probabilities, variances = mixture()
    noisy = rand(3)
    parts = [
        MultivariateNormal(m, v * torch.eye(3, dtype=torch.float64)) for m, v in zip(means, variances, strict=True)
    ]
    joint = torch.stack([p * part.log_prob(noisy).exp() for p, part in zip(probabilities, parts, strict=True)])
    check(
        "shares",
        {
            "c": list(joint / joint.sum()),
            r"\pi": list(probabilities),
            "v": list(variances),
            r"\boldsymbol{\mu}": list(means),
            NOISY: noisy,
            "M": 4,
            "d": 3,
        },
        forall={"m": [1, 3]},
    )


def test_mixture_score():
    means, probabilities, variances = mixture()
    noisy = rand(3)
    covariances = variances[:, None, None] * torch.eye(3, dtype=torch.float64)
    law = MixtureSameFamily(torch.distributions.Categorical(probabilities), MultivariateNormal(means, covariances))
    shares = probabilities * MultivariateNormal(means, covariances).log_prob(noisy).exp()
    check(
        "mixture-score",
        {
            r"p_\sigma": lambda x: law.log_prob(x).exp(),
            "c": list(shares / shares.sum()),
            "v": list(variances),
            r"\boldsymbol{\mu}": list(means),
            NOISY: noisy,
            "M": 4,
        },
    )


def test_shrink():
    x = centred()
    values, vectors = spectrum(x)
    S, identity = covariance(x), torch.eye(D, dtype=torch.float64)
    noisy = rand(D)
    best = (
        torch.linalg.solve(S + SIGMA**2 * identity, S).T @ noisy
    )  # regression of clean on noisy, from the covariances
    check(
        "shrink",
        {
            "r": lambda x: best,
            r"\lambda": list(values),
            r"\mathbf{u}": list(vectors.T),
            r"\sigma": number(SIGMA),
            NOISY: noisy,
            "d": D,
        },
    )


def test_mmse():
    """Numerical integration over the noisy samples of two points in the plane."""
    where, probabilities = points(2)
    axis = torch.linspace(-9, 9, 241, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    law = noisy_mixture(where, probabilities, SIGMA)
    mass = law.log_prob(grid).exp()
    mass = mass / mass.sum()
    scores = torch.autograd.functional.jacobian(lambda x: law.log_prob(x).sum(), grid)
    means = grid + SIGMA**2 * scores
    densities = MultivariateNormal(where, SIGMA**2 * torch.eye(2, dtype=torch.float64)).log_prob(grid[:, None]).exp()
    posterior = probabilities * densities / (probabilities * densities).sum(1, keepdim=True)
    error = (mass * (posterior * (means[:, None] - where).square().sum(2)).sum(1)).sum()
    check(
        "mmse",
        {
            r"\mathbb{E}\left[\lVert r(\tilde{\mathbf{x}}) - \mathbf{x} \rVert^2\right]": error,
            r"\mathbb{E}\left[\lVert \nabla_{\tilde{\mathbf{x}}} \log(p_\sigma(\tilde{\mathbf{x}})) \rVert^2\right]": (
                mass * scores.square().sum(1)
            ).sum(),
            r"\sigma": number(SIGMA),
            "d": 2,
        },
    )


# Disentanglement


def normal(x):
    return Normal(torch.zeros_like(x), torch.ones_like(x)).log_prob(x).exp()


def test_factorised():
    z = rand(K)
    spreads = torch.rand(K, dtype=torch.float64) + 0.5
    joint = MultivariateNormal(torch.zeros(K).double(), torch.diag(spreads**2))
    factors = [lambda x, s=s: Normal(number(0.0), s).log_prob(x).exp() for s in spreads]
    check("factorised", {r"p(\mathbf{z})": joint.log_prob(z).exp(), "p": factors, "z": list(z), "k": K})


def test_rotation():
    U, z = rand(K, K), rand(K)
    check("rotation", {"p": lambda z: normal(z).prod(), r"\mathbf{U}": U, r"\mathbf{z}": z, "k": K})
    Q = orthogonal(K, K)
    torch.testing.assert_close(normal(Q @ z).prod(), normal(z).prod())


def test_likelihood():
    W, U = rand(D, K), orthogonal(K, K)
    check(
        "likelihood",
        {r"\mathbf{W}": W, r"\mathbf{U}": U, r"\sigma": number(0.4), r"\mathbf{I}": torch.eye(D, dtype=torch.float64)},
    )


def mixed(U):
    standard = Normal(number(0.0), number(1.0))
    return lambda u: standard.cdf(U @ standard.icdf(u))


def test_entangle():
    U, u = orthogonal(K, K), torch.rand(K, dtype=torch.float64)
    check(
        "entangle",
        {
            "h": mixed(U),
            r"\Phi": torch.special.ndtr,
            r"\Phi^{-1}": torch.special.ndtri,
            r"\mathbf{U}": U,
            r"\mathbf{u}": u,
        },
    )


def test_entangle_jacobian():
    U, u = orthogonal(K, K), torch.rand(K, dtype=torch.float64)
    check(
        "entangle-jacobian",
        {
            r"\frac{\partial h}{\partial \mathbf{u}}": jacobian(mixed(U), u),
            r"\varphi": normal,
            r"\mathbf{U}": U,
            r"\mathbf{v}": torch.special.ndtri(u),
        },
    )


def test_volume():
    Q, u = orthogonal(K, K), torch.rand(K, dtype=torch.float64)
    torch.testing.assert_close(torch.linalg.det(jacobian(mixed(Q), u)).abs(), number(1.0))
    U = Q @ torch.diag(number([0.6, -1.2, 0.9]) * torch.linalg.det(Q).sign())  # not orthogonal, determinant below 0
    check(
        "volume",
        {
            r"\frac{\partial h}{\partial \mathbf{u}}": jacobian(mixed(U), u),
            r"\varphi": normal,
            r"\mathbf{U}": U,
            r"\mathbf{v}": torch.special.ndtri(u),
            "k": K,
        },
        equivalent=dict.fromkeys(
            (
                r"transpose: \frac{\partial h}{\partial \mathbf{u}}",
                r"transpose: \mathbf{U}",
                r"transpose: \mathbf{U} (3)",
            ),
            "a matrix and its transpose have the same determinant",
        ),
    )


# Voices


def test_voice():
    content, timbre = number([1.3, 0.4]), rand(4)

    def signal(moment):
        time = torch.linspace(0, 1, 101, dtype=torch.float64) * moment
        turns = torch.trapezoid(content[0] + content[1] * time, time)  # the integral of the pitch
        return sum(a * torch.polar(number(1.0), 2 * math.pi * h * turns).imag for h, a in enumerate(timbre, 1))

    check("voice", {"x": signal, "a": list(timbre), "c": content, "t": number(0.35), "H": 4})


def singers():
    """A decoder of codes and singers, and a map of the code for each singer with its inverse."""
    A, bends = rand(D, K), [rand(K, K) for _ in range(3)]

    def sing(z, s):
        return torch.tanh(A @ z + s)

    bend = [lambda z, B=B: B @ z for B in bends]
    unbend = [lambda z, B=B: torch.linalg.solve(B, z) for B in bends]
    return sing, bend, unbend


@pytest.mark.parametrize("name", ["own", "duet"])
def test_losses_of_the_singers(name):
    sing, _, _ = singers()
    E, x, y = rand(K, D), rand(N, D), rand(N, D)
    singer = [1, 3, 2, 1, 2, 3, 1]
    outputs = torch.stack([sing(E @ signal, s) for signal, s in zip(x, singer, strict=True)])
    bindings = {
        "own": {X: list(x), "s": singer, "N": N},
        "duet": {r"\mathbf{x}_s": list(x), r"\mathbf{x}_t": list(y), "t": singer, "M": N},
    }
    loss = D * torch.nn.functional.mse_loss(outputs, {"own": x, "duet": y}[name])
    symbol = rf"\mathcal{{L}}_{{\mathrm{{{name}}}}}"
    check(name, bindings[name] | {symbol: loss, "f": sing, "g": lambda x: torch.mv(E, x)})


def test_bent():
    sing, bend, unbend = singers()
    E, x, z, s = rand(K, D), rand(D), rand(K), 2
    check(
        "bent",
        {
            "g_2": lambda x, s: bend[s - 1](E @ x),
            "f_2": lambda z, s: sing(unbend[s - 1](z), s),
            "h": bend,
            "h_s^{-1}": unbend[s - 1],
            "f": sing,
            "g": lambda x: torch.mv(E, x),
            X: x,
            r"\mathbf{z}": z,
            "s": s,
        },
    )


@pytest.mark.parametrize("name", ["own-unchanged", "other-garbled"])
def test_bent_codes(name):
    sing, bend, unbend = singers()
    E, x, s, t = rand(K, D), rand(D), 2, 3
    bindings = {
        "g_2": lambda x, s: bend[s - 1](E @ x),
        "f_2": lambda z, s: sing(unbend[s - 1](z), s),
        "f": sing,
        "g": lambda x: torch.mv(E, x),
        X: x,
        "s": s,
    }
    other = {"h": bend, "h_t^{-1}": unbend[t - 1], "t": t}
    check(name, bindings | (other if name == "other-garbled" else {}))
