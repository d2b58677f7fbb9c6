"""Generative adversarial networks: losses, the theory on finite sets, dynamics of two players, measures of samples.

Discriminators are given by their logits, as in `torch.nn.functional.binary_cross_entropy_with_logits`.
"""

# --8<-- [start:imports]
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import softplus

# --8<-- [end:imports]


# --8<-- [start:losses]
def discriminator_loss(real: Float[Tensor, "*n"], fake: Float[Tensor, "*m"]) -> Float[Tensor, ""]:
    r"""Binary cross entropy of a discriminator (Goodfellow et al. 2014, equation 1), to be minimised.

    $-\overline{\log \sigma(a)} - \overline{\log(1 - \sigma(a'))}$: minus the value (gan-value), estimated.

    Args:
        real: logits a of data, of any shape.
        fake: logits a' of generated samples, of any shape.

    Returns:
        The sum of the two means, in nats.

    Raises:
        ValueError: one of the two is empty.

    >>> discriminator_loss(torch.zeros(3), torch.zeros(2))  # D = 1/2 everywhere: log 4
    tensor(1.3863)
    """
    _check_logits(real, fake)
    return softplus(-real).mean() + softplus(fake).mean()


def generator_loss(fake: Float[Tensor, "*n"]) -> Float[Tensor, ""]:
    r"""The non-saturating loss (Goodfellow et al. 2014, section 3): minus the mean of $\log D(G(z))$.

    Args:
        fake: logits of generated samples, of any shape.

    Returns:
        The mean of softplus(-a), in nats.

    Raises:
        ValueError: there are no samples.

    >>> generator_loss(torch.tensor([0.0, 0.0]))
    tensor(0.6931)
    """
    _check_logits(fake)
    return softplus(-fake).mean()


def saturating_generator_loss(fake: Float[Tensor, "*n"]) -> Float[Tensor, ""]:
    r"""The generator's part of the minimax game (Goodfellow et al. 2014, equation 1): the mean of $\log(1 - D(G(z)))$.

    Args:
        fake: logits of generated samples, of any shape.

    Returns:
        The mean of -softplus(a), in nats, at most 0.

    Raises:
        ValueError: there are no samples.

    >>> saturating_generator_loss(torch.tensor([0.0, 0.0]))
    tensor(-0.6931)
    """
    _check_logits(fake)
    return -softplus(fake).mean()


def _check_logits(*logits: Tensor) -> None:
    for values in logits:
        if not values.numel():
            raise ValueError(f"a mean needs at least one logit, got shape {tuple(values.shape)}")


# --8<-- [end:losses]


def r1_penalty(discriminator: Callable[[Tensor], Tensor], real: Float[Tensor, "*shape"]) -> Float[Tensor, ""]:
    r"""Squared slope of the logit at the data, the mean of $\lVert \nabla a \rVert^2$ (Mescheder et al. 2018; gan-r1).

    Args:
        discriminator: maps samples to one logit each, every logit depending on its own sample only.
        real: samples of the data, one along the first dimension.

    Returns:
        A scalar that can be differentiated by the discriminator's parameters; multiply it by gamma / 2.

    Raises:
        ValueError: there are no samples.

    >>> r1_penalty(lambda x: x @ torch.tensor([3.0, 4.0]), torch.zeros(5, 2))
    tensor(25.)
    """
    if not len(real):
        raise ValueError(f"a penalty needs at least one sample, got shape {tuple(real.shape)}")
    points = real.detach().requires_grad_()
    (slope,) = torch.autograd.grad(discriminator(points).sum(), points, create_graph=True)
    return slope.flatten(1).square().sum(1).mean()


# --8<-- [start:finite]
def value(discriminator: Float[Tensor, " n"], p: Float[Tensor, " n"], q: Float[Tensor, " n"]) -> Float[Tensor, ""]:
    r"""Value of the game on a finite set (gan-value-finite): $\sum_i p_i \log D_i + q_i \log(1 - D_i)$.

    Args:
        discriminator: probabilities D_i in [0, 1] that outcome i is real.
        p: probabilities of the outcomes in the data.
        q: probabilities of the outcomes from the generator.

    Returns:
        The value, at most 0, with 0 log 0 = 0; -inf where an outcome that occurs is called impossible.

    Raises:
        ValueError: the shapes differ, or D leaves [0, 1].

    >>> value(torch.tensor([0.5, 0.5]), torch.tensor([0.3, 0.7]), torch.tensor([1.0, 0.0]))
    tensor(-1.3863)
    """
    _check_laws(p, q)
    if discriminator.shape != p.shape:
        raise ValueError(f"D needs one number an outcome, {tuple(p.shape)}, got {tuple(discriminator.shape)}")
    if not ((discriminator >= 0) & (discriminator <= 1)).all():
        raise ValueError("D must lie in [0, 1]; apply torch.sigmoid to logits")
    return (torch.special.xlogy(p, discriminator) + torch.special.xlog1py(q, -discriminator)).sum()


def optimal_discriminator(p: Float[Tensor, " n"], q: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    """The discriminator of greatest value (gan-optimal): p / (p + q), and 1/2 where both are 0, which is arbitrary.

    Args:
        p: probabilities of the data, summing to 1.
        q: probabilities of the generator, summing to 1, of the same shape.

    Returns:
        The probability that a sample is of the data, for each outcome.

    Raises:
        ValueError: one of them is no distribution, or their shapes differ.

    >>> optimal_discriminator(torch.tensor([0.75, 0.25, 0.0]), torch.tensor([0.25, 0.75, 0.0]))
    tensor([0.7500, 0.2500, 0.5000])
    """
    _check_laws(p, q)
    return torch.where(p + q > 0, p / (p + q), 0.5)


def jensen_shannon(p: Float[Tensor, " n"], q: Float[Tensor, " n"]) -> Float[Tensor, ""]:
    """Jensen–Shannon divergence (Lin 1991; gan-jsd): mean divergence of p and q from their mixture, 0 to log 2 nats.

    Args:
        p: probabilities of the data, summing to 1.
        q: probabilities of the generator, summing to 1, of the same shape.

    Returns:
        The divergence in nats, a scalar.

    Raises:
        ValueError: one of them is no distribution, or their shapes differ.

    >>> jensen_shannon(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]))
    tensor(0.6931)
    """
    _check_laws(p, q)
    mixture = (p + q) / 2
    entropy = torch.special.entr
    return entropy(mixture).sum() - (entropy(p) + entropy(q)).sum() / 2


def _check_laws(p: Tensor, q: Tensor) -> None:
    if p.shape != q.shape:
        raise ValueError(f"p and q must have one number an outcome each, got {tuple(p.shape)} and {tuple(q.shape)}")
    for name, law in (("p", p), ("q", q)):
        if (law < 0).any() or abs(law.sum().item() - 1) > 1e-4:
            raise ValueError(f"{name} must be probabilities that sum to 1, got {law.tolist()}")


# --8<-- [end:finite]


# --8<-- [start:dynamics]
Field = Callable[[Tensor], Tensor]  # from the point of both players to the direction in which each wants to go


def simultaneous_step(field: Field, point: Float[Tensor, " n"], lr: float) -> Float[Tensor, " n"]:
    """Both players take a gradient step at once (gan-simultaneous).

    Args:
        field: from the point of both players to the direction in which each wants to go.
        point: where they are.
        lr: length of the step.

    Returns:
        The point after the step.

    >>> rotation = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    >>> simultaneous_step(lambda point: rotation @ point, torch.tensor([1.0, 0.0]), lr=0.5)
    tensor([1.0000, 0.5000])
    """
    return point + lr * field(point)


def alternating_step(field: Field, point: Float[Tensor, "2"], lr: float) -> Float[Tensor, "2"]:
    """The first player steps, and the second answers the point where the first now is (gan-alternating).

    Args:
        field: from the point of both players to the direction in which each wants to go.
        point: where they are.
        lr: length of the step.

    Returns:
        The point after the step.

    >>> rotation = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    >>> alternating_step(lambda point: rotation @ point, torch.tensor([1.0, 0.0]), lr=0.5)
    tensor([1.0000, 0.5000])
    """
    moved = point + lr * field(point) * point.new_tensor([1.0, 0.0])
    return moved + lr * field(moved) * point.new_tensor([0.0, 1.0])


def extragradient_step(field: Field, point: Float[Tensor, " n"], lr: float) -> Float[Tensor, " n"]:
    """A step in the direction found after a trial step (Korpelevich 1976; gan-extragradient).

    Args:
        field: from the point of both players to the direction in which each wants to go.
        point: where they are.
        lr: length of the step.

    Returns:
        The point after the step.

    >>> rotation = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    >>> extragradient_step(lambda point: rotation @ point, torch.tensor([1.0, 0.0]), lr=0.5)
    tensor([0.7500, 0.5000])
    """
    return point + lr * field(point + lr * field(point))


# --8<-- [end:dynamics]


# --8<-- [start:modes]
def covered_modes(
    samples: Float[Tensor, "*batch n d"], modes: Float[Tensor, "m d"], radius: float, share: float = 0.01
) -> Float[Tensor, "*batch m"]:
    """Which modes of a known mixture generated samples reach: at least a share of the samples lies within a radius.

    Args:
        samples: generated samples as rows, shape (..., n, d); leading dimensions hold separate generators.
        modes: centres of the mixture as rows, shape (m, d).
        radius: largest distance from a centre, e.g. three standard deviations of a component.
        share: smallest share of the n samples, in [0, 1].

    Returns:
        1 for each mode that is covered, else 0, shape (..., m).

    Raises:
        ValueError: there are no samples, or the dimensions differ.

    >>> covered_modes(torch.tensor([[0.0, 0.1], [0.1, 0.0]]), torch.tensor([[0.0, 0.0], [5.0, 5.0]]), radius=0.5)
    tensor([1., 0.])
    """
    if not samples.shape[-2] or samples.shape[-1] != modes.shape[-1]:
        shapes = f"{tuple(samples.shape)} and {tuple(modes.shape)}"
        raise ValueError(f"samples (n, d) and modes (m, d) must agree in d, with n > 0; got {shapes}")
    near = torch.cdist(samples, modes) < radius
    return (near.to(samples.dtype).mean(-2) >= share).to(samples.dtype)


# --8<-- [end:modes]


# --8<-- [start:frechet]
def gaussian_statistics(features: Float[Tensor, "n d"]) -> tuple[Float[Tensor, " d"], Float[Tensor, "d d"]]:
    """Mean and covariance (divisor n - 1) of features, samples as rows, in float64.

    Args:
        features: samples as rows, shape (n, d).

    Returns:
        The mean, shape (d,), and the covariance, shape (d, d).

    Raises:
        ValueError: there is but one sample.

    >>> gaussian_statistics(torch.tensor([[0.0, 1.0], [2.0, 1.0]]))[0]
    tensor([1., 1.], dtype=torch.float64)
    """
    n, d = features.shape
    if n < 2:
        raise ValueError(f"a covariance needs two samples or more, got {n}")
    features = features.double()
    return features.mean(0), torch.cov(features.T).view(d, d)  # torch makes a number of the covariance of one feature


def matrix_root(matrix: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
    """The symmetric positive semidefinite root of such a matrix, by its eigenvectors.

    Args:
        matrix: symmetric, without negative eigenvalues.

    Returns:
        The root, of the same shape.

    >>> matrix_root(torch.tensor([[4.0, 0.0], [0.0, 9.0]]))
    tensor([[2., 0.],
            [0., 3.]])
    """
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values.clamp(min=0).sqrt() @ vectors.T  # rounding can leave tiny negative eigenvalues


def frechet_distance(
    mean1: Float[Tensor, " d"], cov1: Float[Tensor, "d d"], mean2: Float[Tensor, " d"], cov2: Float[Tensor, "d d"]
) -> Float[Tensor, ""]:
    r"""Squared Fréchet distance of two Gaussians (Dowson and Landau 1982; gan-frechet).

    $\lVert m_1 - m_2 \rVert^2 + \operatorname{tr}(C_1 + C_2 - 2 (C_1^{1/2} C_2 C_1^{1/2})^{1/2})$. With the features of
    a classifier it compares images (Heusel et al. 2017, there called FID).

    Args:
        mean1: mean of the first, shape (d,).
        cov1: its covariance, symmetric and positive semidefinite, shape (d, d).
        mean2: mean of the second, shape (d,).
        cov2: its covariance, shape (d, d).

    Returns:
        The squared distance, at least 0, in the squared units of the features.

    Raises:
        ValueError: shapes do not fit.

    >>> zero, eye = torch.zeros(2), torch.eye(2)
    >>> frechet_distance(zero, eye, zero + 3, 4 * eye)  # 2 * 3**2 from the means, 2 * (2 - 1)**2 from the deviations
    tensor(20.)
    """
    d = len(mean1)
    if not (mean2.shape == (d,) and cov1.shape == cov2.shape == (d, d)):
        shapes = [tuple(part.shape) for part in (mean1, cov1, mean2, cov2)]
        raise ValueError(f"expected shapes (d,), (d, d), (d,), (d, d), got {shapes}")
    root = matrix_root(cov1)
    overlap = torch.linalg.eigvalsh(root @ cov2 @ root).clamp(min=0).sqrt().sum()
    return ((mean1 - mean2).square().sum() + cov1.trace() + cov2.trace() - 2 * overlap).clamp(min=0)


# --8<-- [end:frechet]
