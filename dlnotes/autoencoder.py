"""What the chapter on autoencoders derives: principal subspaces, optimal denoisers, entangling maps, synthetic voices.

Data are rows: one sample a row, as in `torch.nn.Linear`.
"""

# --8<-- [start:imports]
import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

# --8<-- [end:imports]


# --8<-- [start:pca]
class PrincipalComponents(NamedTuple):
    """The best linear autoencoder: its code is (x - mean) @ components, its output mean + code @ components.T.

    >>> pca = principal_components(torch.tensor([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]), 1)
    >>> pca.decode(pca.encode(torch.tensor([3.0, 3.0]))).round(decimals=3)
    tensor([3., 3.])
    """

    mean: Tensor  # (d,)
    components: Tensor  # (d, k), orthonormal columns, by falling variance
    variances: Tensor  # (min(n, d),), all eigenvalues of the covariance that the samples can have, falling

    def encode(self, input: Float[Tensor, "*batch d"]) -> Float[Tensor, "*batch k"]:
        """Coordinates of samples in the principal subspace.

        Args:
            input: samples, shape (…, d).

        Returns:
            Codes, shape (…, k).
        """
        return (input - self.mean) @ self.components

    def decode(self, code: Float[Tensor, "*batch k"]) -> Float[Tensor, "*batch d"]:
        """The samples that have these coordinates and lie in the subspace.

        Args:
            code: coordinates, shape (…, k).

        Returns:
            Samples, shape (…, d).
        """
        return self.mean + code @ self.components.mT


def principal_components(input: Float[Tensor, "n d"], k: int) -> PrincipalComponents:
    r"""The k directions of largest variance (Pearson 1901), by a singular value decomposition of the centred samples.

    They minimise (autoencoder-linear-loss): the smallest mean squared error is $\sum_{j>k} \lambda_j$.

    Args:
        input: one sample a row, shape (n, d), in the units of the data.
        k: width of the code, from 1 to min(n, d).

    Returns:
        The mean (d,), the directions (d, k) and all variances, those of the covariance with the divisor n.

    Raises:
        ValueError: `k` is not between 1 and min(n, d).

    >>> line = torch.tensor([[3.0, 4.0], [6.0, 8.0], [9.0, 12.0]])
    >>> found = principal_components(line, k=1)
    >>> found.decode(found.encode(line)).round(decimals=4)
    tensor([[ 3.,  4.],
            [ 6.,  8.],
            [ 9., 12.]])
    """
    if not 1 <= k <= min(input.shape):
        raise ValueError(f"k must be from 1 to {min(input.shape)} for input of shape {tuple(input.shape)}, got {k}")
    mean = input.mean(0)
    _, singular_values, directions = torch.linalg.svd(input - mean, full_matrices=False)
    return PrincipalComponents(mean, directions[:k].mT, singular_values**2 / len(input))


# --8<-- [end:pca]


# --8<-- [start:angles]
def principal_angles(a: Float[Tensor, "*batch d p"], b: Float[Tensor, "*batch d q"]) -> Float[Tensor, "*batch r"]:
    r"""Angles between the column spaces of two matrices (Jordan 1875; Björck and Golub 1973), smallest first.

    Their cosines are the singular values of $Q_a^\top Q_b$ for orthonormal bases. Small angles are taken from the sines
    of the part that sticks out, because a cosine near 1 does not tell them apart.

    Args:
        a: a matrix with d rows and linearly independent columns.
        b: another one.

    Returns:
        r = min(p, q) angles in radians, between 0 and π/2.

    Raises:
        ValueError: the matrices have different numbers of rows.

    >>> x_axis, diagonal = torch.tensor([[1.0], [0.0]]), torch.tensor([[1.0], [1.0]])
    >>> principal_angles(x_axis, diagonal)
    tensor([0.7854])
    """
    if a.shape[-2] != b.shape[-2]:
        raise ValueError(f"both matrices need the same number of rows, got {a.shape[-2]} and {b.shape[-2]}")
    if a.shape[-1] < b.shape[-1]:
        a, b = b, a
    q_a, q_b = torch.linalg.qr(a).Q, torch.linalg.qr(b).Q
    cosines = torch.linalg.svdvals(q_a.mT @ q_b)
    sines = torch.linalg.svdvals(q_b - q_a @ (q_a.mT @ q_b)).flip(-1)
    return torch.where(cosines > sines, sines.clamp(max=1).asin(), cosines.clamp(max=1).acos())


# --8<-- [end:angles]


# --8<-- [start:posterior_mean]
def posterior_mean(
    noisy: Float[Tensor, "*batch d"], points: Float[Tensor, "n d"], sigma: float
) -> Float[Tensor, "*batch d"]:
    r"""The best denoiser for data that are n points, each as probable (autoencoder-posterior-mean).

    $\sum_i w_i x^{(i)}$ with weights $w_i \propto \exp(-\lVert \tilde{x} - x^{(i)} \rVert^2 / 2\sigma^2)$.

    Args:
        noisy: samples with Gaussian noise, shape (..., d).
        points: the clean samples, shape (n, d).
        sigma: standard deviation of the noise in every coordinate, positive.

    Returns:
        The expected clean sample, of the shape of `noisy`.

    Raises:
        ValueError: `sigma` is not positive.

    >>> posterior_mean(torch.tensor([0.5]), torch.tensor([[-1.0], [1.0]]), sigma=1.0)
    tensor([0.4621])
    """
    _check_sigma(sigma)
    squares = (noisy.unsqueeze(-2) - points).square().sum(-1)
    return torch.softmax(-squares / (2 * sigma**2), dim=-1) @ points


# --8<-- [end:posterior_mean]


# --8<-- [start:mixture_score]
def mixture_score(
    input: Float[Tensor, "*batch d"],
    weights: Float[Tensor, " m"],
    means: Float[Tensor, "m d"],
    variances: Float[Tensor, " m"],
    sigma: float = 0.0,
) -> Float[Tensor, "*batch d"]:
    r"""Gradient of the log-density of a Gaussian mixture to which noise was added (autoencoder-mixture-score).

    Args:
        input: where, shape (..., d).
        weights: probability of each component, shape (m,), summing to 1.
        means: shape (m, d).
        variances: of each component, the same in all directions, shape (m,).
        sigma: standard deviation of the added noise; 0 for the mixture itself.

    Returns:
        The score, of the shape of `input`.

    Raises:
        ValueError: `sigma` is negative.

    >>> one = torch.ones(1)
    >>> mixture_score(torch.tensor([2.0]), one, torch.zeros(1, 1), one, sigma=1.0)
    tensor([-1.])
    """
    if sigma < 0:
        raise ValueError(f"sigma must not be negative, got {sigma}")
    total = variances + sigma**2
    offsets = means - input.unsqueeze(-2)
    exponents = -offsets.square().sum(-1) / (2 * total) - 0.5 * input.shape[-1] * total.log()
    shares = torch.softmax(weights.log() + exponents, dim=-1)
    return ((shares / total).unsqueeze(-1) * offsets).sum(-2)


# --8<-- [end:mixture_score]


# --8<-- [start:denoise]
def denoise(
    noisy: Float[Tensor, "*batch d"], score: Float[Tensor, "*batch d"], sigma: float
) -> Float[Tensor, "*batch d"]:
    r"""The best denoiser from the score (autoencoder-tweedie): $\tilde{x} + \sigma^2 \nabla \log p_\sigma(\tilde{x})$.

    Args:
        noisy: samples with Gaussian noise.
        score: gradient of the log-density of the noisy samples there, of the same shape.
        sigma: standard deviation of the noise in every coordinate, positive.

    Returns:
        The expected clean samples, of the same shape.

    Raises:
        ValueError: `sigma` is not positive, or the shapes differ.

    >>> denoise(torch.tensor([2.0]), torch.tensor([-1.0]), sigma=1.0)
    tensor([1.])
    """
    _check_sigma(sigma)
    if noisy.shape != score.shape:
        raise ValueError(f"noisy and score must have one shape, got {tuple(noisy.shape)} and {tuple(score.shape)}")
    return noisy + sigma**2 * score


# --8<-- [end:denoise]


# --8<-- [start:check]
def _check_sigma(sigma: float) -> None:
    if not sigma > 0:
        raise ValueError(f"sigma must be positive, got {sigma}; without noise the best denoiser is the identity")


# --8<-- [end:check]


# --8<-- [start:entangle]
def entangle(factors: Float[Tensor, "*batch k"], rotation: Float[Tensor, "k k"]) -> Float[Tensor, "*batch k"]:
    r"""Mix independent factors, uniform on (0, 1), into others that are independent and uniform as well.

    $\Phi(U \Phi^{-1}(u))$ (autoencoder-entangle): to Gaussians, rotate, and back (after Locatello et al. 2019).

    Args:
        factors: points of the unit cube, shape (..., k).
        rotation: orthogonal matrix, shape (k, k).

    Returns:
        Points of the unit cube, of the shape of `factors`.

    Raises:
        ValueError: `rotation` is not orthogonal.

    >>> swap = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    >>> entangle(torch.tensor([0.2, 0.7]), swap)
    tensor([0.7000, 0.2000])
    """
    identity = torch.eye(len(rotation), dtype=rotation.dtype, device=rotation.device)
    if not torch.allclose(rotation @ rotation.mT, identity, atol=1e-5):
        raise ValueError(
            "rotation must be orthogonal, rotation @ rotation.T is not the identity; use torch.linalg.qr(A).Q"
        )
    return torch.special.ndtr(torch.special.ndtri(factors) @ rotation.mT)


# --8<-- [end:entangle]


# --8<-- [start:voice]
def voice(
    content: Float[Tensor, "*batch 2"], timbre: Float[Tensor, "*batch h"], samples: int = 64
) -> Float[Tensor, "*batch samples"]:
    r"""A sung tone (autoencoder-voice): the content says what is sung, the timbre who sings.

    Args:
        content: pitch, in cycles over the whole signal, and glide, the change of pitch from its start to its end.
        timbre: amplitude of each harmonic.
        samples: length of the signal.

    Returns:
        The signal at `samples` equal steps from 0 to 1.

    Raises:
        ValueError: content does not hold two numbers, pitch and glide.

    >>> pure = torch.tensor([1.0, 0.0])  # no overtone
    >>> voice(torch.tensor([1.0, 0.0]), pure, samples=5).round(decimals=2)
    tensor([ 0.,  1., -0., -1.,  0.])
    """
    if content.shape[-1] != 2:
        raise ValueError(f"content holds pitch and glide, 2 numbers, got {content.shape[-1]}")
    time = torch.linspace(0, 1, samples, dtype=content.dtype, device=content.device)
    pitch, glide = content[..., :1], content[..., 1:]
    turns = pitch * time + 0.5 * glide * time**2
    harmonics = torch.arange(1, timbre.shape[-1] + 1, dtype=content.dtype, device=content.device)
    waves = torch.sin(2 * math.pi * harmonics[:, None] * turns.unsqueeze(-2))
    return (timbre.unsqueeze(-1) * waves).sum(-2)


# --8<-- [end:voice]
