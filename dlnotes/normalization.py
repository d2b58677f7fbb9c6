"""Batch, layer, group and RMS normalisation with the backward passes that the chapter derives, and batch norm folded.

Names, arguments, defaults and state are those of `torch.nn.functional` and `torch.nn`; `state_dict()` of a module
here loads into torch's, and the reverse. First derivatives only: asking for second ones is an error.
"""

# --8<-- [start:imports]
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

# --8<-- [end:imports]


# --8<-- [start:standardize]
class _Standardize(torch.autograd.Function):
    """Weight times standardised input plus bias; mean and variance run over `dim`, and gradients run through them."""

    @staticmethod
    def forward(ctx, input: Tensor, weight: Tensor, bias: Tensor, dim: tuple[int, ...], eps: float):
        mean = input.mean(dim, keepdim=True)
        normalized = input - mean
        output = normalized.square()  # its memory will hold the output
        var = output.mean(dim, keepdim=True)
        inverse_std = (var + eps).rsqrt()
        normalized.mul_(inverse_std)
        torch.addcmul(bias, normalized, weight, out=output)
        ctx.save_for_backward(normalized, weight, inverse_std)
        ctx.dim, ctx.bias_shape = dim, bias.shape
        ctx.mark_non_differentiable(mean, var)  # they are for the running statistics
        return output, mean, var

    @staticmethod
    def backward(ctx, grad_output: Tensor, *_):
        _only_first_derivatives()
        normalized, weight, inverse_std = ctx.saved_tensors
        grad = grad_output * weight  # by the standardised input
        product = grad * normalized
        along = product.mean(ctx.dim, keepdim=True)
        grad.sub_(grad.mean(ctx.dim, keepdim=True)).addcmul_(normalized, along, value=-1)
        grad.mul_(inverse_std)  # (normalization-backward)
        torch.mul(grad_output, normalized, out=product)  # (normalization-parameter-gradients)
        return grad, product.sum_to_size(weight.shape), grad_output.sum_to_size(ctx.bias_shape), None, None


def _standardize(
    input: Tensor, weight: Tensor | None, bias: Tensor | None, dim: tuple[int, ...], eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """The output, and the mean and the biased variance that it was standardised with."""
    weight = input.new_ones(()) if weight is None else weight
    bias = input.new_zeros(()) if bias is None else bias
    return _Standardize.apply(input, weight, bias, dim, eps)


# --8<-- [end:standardize]


# --8<-- [start:batch_norm]
def batch_norm(
    input: Float[Tensor, "N C *positions"],
    running_mean: Float[Tensor, " C"] | None,
    running_var: Float[Tensor, " C"] | None,
    weight: Float[Tensor, " C"] | None = None,
    bias: Float[Tensor, " C"] | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Float[Tensor, "N C *positions"]:
    r"""Batch normalisation (Ioffe and Szegedy 2015, algorithms 1 and 2) of every channel.

    $\gamma (x - \mu) / \sqrt{\sigma^2 + \varepsilon} + \beta$ (normalization-transform). In training μ and σ² are mean
    and biased variance of a channel over samples and positions, and the running statistics move towards mean and
    *unbiased* variance by the share `momentum`. Otherwise μ and σ² are the running statistics.

    Args:
        input: samples × channels, then any positions, e.g. (N, C) or (N, C, H, W).
        running_mean: one number a channel, changed in place while training; None: not kept.
        running_var: likewise.
        weight: γ, one number a channel; None: 1.
        bias: β, one number a channel; None: 0.
        training: normalise with the statistics of this batch.
        momentum: weight of the new batch in the running statistics, in [0, 1].
        eps: ε, in units of the input squared, added to the variance.

    Returns:
        The normalised input, in its shape.

    Raises:
        TypeError: `input` is not floating-point.
        ValueError: shapes do not fit; one value a channel while training; no running statistics while not training;
            `eps` is negative, or zero while training.

    >>> batch_norm(torch.tensor([[1.0], [3.0]]), None, None, training=True)
    tensor([[-1.0000],
            [ 1.0000]])
    """
    _check_input(input, 2, "samples and channels")
    _check_parameters(input.shape[1], running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if eps < 0 or (training and eps == 0):
        raise ValueError(f"eps must be positive (zero is allowed when not training), got {eps}")
    weight, bias = (_per_channel(parameter, input.ndim) for parameter in (weight, bias))
    if not training:
        return _affine(input, running_mean, running_var, weight, bias, eps)
    values = input.numel() // input.shape[1] if input.shape[1] else 0
    _check_values(values, input)
    output, mean, var = _standardize(input, weight, bias, (0, *range(2, input.ndim)), eps)
    if values:  # an empty batch says nothing
        with torch.no_grad():  # (normalization-running)
            if running_mean is not None:
                running_mean.lerp_(mean.flatten(), momentum)
            if running_var is not None:
                running_var.lerp_(var.flatten() * (values / (values - 1)), momentum)
    return output


def _affine(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    eps: float,
) -> Tensor:
    """Normalisation with constants, the same for every batch (normalization-inference)."""
    if running_mean is None or running_var is None:
        raise ValueError("without running statistics only a batch can be normalised; set training=True")
    mean, var = _per_channel(running_mean, input.ndim), _per_channel(running_var, input.ndim)
    scale = (var + eps).rsqrt() if weight is None else weight * (var + eps).rsqrt()
    output = (input - mean) * scale
    return output if bias is None else output + bias


def _per_channel(parameter: Tensor | None, ndim: int) -> Tensor | None:
    """One number a channel, shaped to broadcast along dimension 1."""
    return None if parameter is None else parameter.view(1, -1, *[1] * (ndim - 2))


# --8<-- [end:batch_norm]


def layer_norm(
    input: Float[Tensor, "*shape"],
    normalized_shape: Sequence[int],
    weight: Float[Tensor, "*normalized"] | None = None,
    bias: Float[Tensor, "*normalized"] | None = None,
    eps: float = 1e-5,
) -> Float[Tensor, "*shape"]:
    r"""Layer normalisation (Ba, Kiros and Hinton 2016): each sample is standardised over its own last dimensions.

    $\gamma \odot (x - \mu) / \sqrt{\sigma^2 + \varepsilon} + \beta$ (normalization-layer-norm), one γ and β an element.

    Args:
        input: any shape that ends in `normalized_shape`.
        normalized_shape: the sizes of the last dimensions, over which μ and σ² run.
        weight: γ, of the shape `normalized_shape`; None: 1.
        bias: β, likewise; None: 0.
        eps: ε, in units of the input squared.

    Returns:
        The normalised input, in its shape.

    Raises:
        TypeError: `input` is not floating-point.
        ValueError: `input` does not end in `normalized_shape`, or `weight` or `bias` have another shape.

    >>> layer_norm(torch.tensor([[1.0, 3.0], [10.0, 30.0]]), (2,))
    tensor([[-1.0000,  1.0000],
            [-1.0000,  1.0000]])
    """
    dim = _last_dimensions(input, normalized_shape, weight=weight, bias=bias)
    return _standardize(input, weight, bias, dim, eps)[0]


def group_norm(
    input: Float[Tensor, "N C *positions"],
    num_groups: int,
    weight: Float[Tensor, " C"] | None = None,
    bias: Float[Tensor, " C"] | None = None,
    eps: float = 1e-5,
) -> Float[Tensor, "N C *positions"]:
    r"""Group normalisation (Wu and He 2018; normalization-group-mean): groups of a sample's channels are standardised.

    As many groups as channels is instance normalisation (Ulyanov, Vedaldi and Lempitsky 2016); one group is layer
    normalisation over channels and positions, with one γ and β a channel.

    Args:
        input: samples × channels, then any positions.
        num_groups: G, a divisor of the number of channels.
        weight: γ, one number a channel; None: 1.
        bias: β, one number a channel; None: 0.
        eps: ε, in units of the input squared.

    Returns:
        The normalised input, in its shape.

    Raises:
        TypeError: `input` is not floating-point.
        ValueError: C is no multiple of G, shapes do not fit, or there is one value in every group of the only sample.

    >>> group_norm(torch.tensor([[1.0, 3.0, 10.0, 30.0]]), num_groups=2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    _check_input(input, 2, "samples and channels")
    channels = input.shape[1]
    _check_groups(num_groups, channels)
    _check_parameters(channels, weight=weight, bias=bias)
    _check_values(input.numel() // num_groups, input)
    groups = (num_groups, channels // num_groups)
    weight, bias = (
        None if parameter is None else _per_channel(parameter, input.ndim).unflatten(1, groups)
        for parameter in (weight, bias)
    )
    grouped = input.unflatten(1, groups)
    return _standardize(grouped, weight, bias, tuple(range(2, grouped.ndim)), eps)[0].flatten(1, 2)


# --8<-- [start:rms_norm]
class _RootMeanSquare(torch.autograd.Function):
    """Weight times input divided by its root mean square over `dim`."""

    @staticmethod
    def forward(ctx, input: Tensor, weight: Tensor, dim: tuple[int, ...], eps: float) -> Tensor:
        inverse_rms = (input.square().mean(dim, keepdim=True) + eps).rsqrt()
        normalized = input * inverse_rms
        ctx.save_for_backward(normalized, weight, inverse_rms)
        ctx.dim = dim
        return normalized * weight

    @staticmethod
    def backward(ctx, grad_output: Tensor):
        _only_first_derivatives()
        normalized, weight, inverse_rms = ctx.saved_tensors
        grad_weight = (grad_output * normalized).sum_to_size(weight.shape)
        grad = grad_output * weight  # by the normalised input
        along = (grad * normalized).mean(ctx.dim, keepdim=True)
        grad.addcmul_(normalized, along, value=-1).mul_(inverse_rms)
        return grad, grad_weight, None, None  # (normalization-rms-backward)


def rms_norm(
    input: Float[Tensor, "*shape"],
    normalized_shape: Sequence[int],
    weight: Float[Tensor, "*normalized"] | None = None,
    eps: float | None = None,
) -> Float[Tensor, "*shape"]:
    r"""Root mean square normalisation (Zhang and Sennrich 2019): layer normalisation without the mean.

    $\gamma \odot x / \sqrt{q + \varepsilon}$ with the mean q of the squares (normalization-rms).

    Args:
        input: any shape that ends in `normalized_shape`.
        normalized_shape: the sizes of the last dimensions, over which the mean runs.
        weight: γ of the shape `normalized_shape`; None: 1.
        eps: ε, in units of the input squared; None: the machine epsilon of the input's type.

    Returns:
        The normalised input, in its shape.

    Raises:
        TypeError: `input` is not floating-point.
        ValueError: `input` does not end in `normalized_shape`, or `weight` has another shape.

    >>> rms_norm(torch.tensor([3.0, -3.0, 3.0]), (3,))
    tensor([ 1., -1.,  1.])
    """
    dim = _last_dimensions(input, normalized_shape, weight=weight)
    weight = input.new_ones(()) if weight is None else weight
    return _RootMeanSquare.apply(input, weight, dim, torch.finfo(input.dtype).eps if eps is None else eps)


# --8<-- [end:rms_norm]


class _BatchNorm(nn.Module):
    """Parameters and running statistics; a subclass says how many dimensions its input may have."""

    dimensions: tuple[int, ...]

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device=None,
        dtype=None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        factory = {"device": device, "dtype": dtype}
        _register_affine(self, (num_features,), affine, affine and bias, factory)
        kept = track_running_stats
        self.register_buffer("running_mean", torch.zeros(num_features, **factory) if kept else None)
        self.register_buffer("running_var", torch.ones(num_features, **factory) if kept else None)
        self.register_buffer("num_batches_tracked", torch.tensor(0, device=device) if kept else None)

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in self.dimensions:
            expected = " or ".join(map(str, self.dimensions))
            raise ValueError(
                f"{type(self).__name__} takes an input of {expected} dimensions, got shape {tuple(input.shape)}"
            )
        updates = self.training and self.track_running_stats
        if updates:
            self.num_batches_tracked += 1
        momentum = self.momentum
        if momentum is None:  # (normalization-cumulative)
            momentum = 1 / int(self.num_batches_tracked) if updates else 0.0
        statistics = (self.running_mean, self.running_var) if updates or not self.training else (None, None)
        use_batch = self.training or self.running_mean is None
        return batch_norm(input, *statistics, self.weight, self.bias, use_batch, momentum, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_BatchNorm):
    r"""Batch normalisation (normalization-transform) of inputs (N, C) or (N, C, L), as `torch.nn.BatchNorm1d`.

    Args:
        num_features: C, how many channels.
        eps: ε, in units of the input squared.
        momentum: weight of the newest batch in the running statistics; None: the mean over all batches so far.
        affine: learn γ and β, which start at 1 and 0.
        track_running_stats: keep running statistics; without them evaluation, too, takes the batch's own.
        device: where the parameters lie.
        dtype: their type.
        bias: learn β, if `affine`.

    Raises:
        ValueError: the input has another number of dimensions, or what `batch_norm` raises.

    >>> layer = BatchNorm1d(3)
    >>> layer(torch.randn(8, 3)).mean(0).abs().max() < 1e-6
    tensor(True)
    """

    dimensions = (2, 3)


class BatchNorm2d(_BatchNorm):
    r"""Batch normalisation (normalization-transform) of images (N, C, H, W), as `torch.nn.BatchNorm2d`.

    Mean and variance of a channel run over samples and positions.

    Args:
        num_features: C, how many channels.
        eps: ε, in units of the input squared.
        momentum: weight of the newest batch in the running statistics; None: the mean over all batches so far.
        affine: learn γ and β, which start at 1 and 0.
        track_running_stats: keep running statistics; without them evaluation, too, takes the batch's own.
        device: where the parameters lie.
        dtype: their type.
        bias: learn β, if `affine`.

    >>> sum(parameter.numel() for parameter in BatchNorm2d(16).parameters())
    32
    """

    dimensions = (4,)


class LayerNorm(nn.Module):
    r"""Layer normalisation (normalization-layer-norm), see `layer_norm`, as `torch.nn.LayerNorm`.

    Args:
        normalized_shape: the sizes of the last dimensions, or the size of the last one.
        eps: ε, in units of the input squared.
        elementwise_affine: learn γ and β, one number for every element of `normalized_shape`.
        bias: learn β, if `elementwise_affine`.
        device: where the parameters lie.
        dtype: their type.

    >>> LayerNorm(2)(torch.tensor([[1.0, 3.0]])).detach()
    tensor([[-1.0000,  1.0000]])
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device=None,
        dtype=None,
    ) -> None:
        super().__init__()
        self.normalized_shape, self.eps, self.elementwise_affine = _shape(normalized_shape), eps, elementwise_affine
        factory = {"device": device, "dtype": dtype}
        _register_affine(self, self.normalized_shape, elementwise_affine, elementwise_affine and bias, factory)

    def forward(self, input: Tensor) -> Tensor:
        """The normalised input, see `layer_norm`.

        Args:
            input: of the shape that the layer was made for.

        Returns:
            A tensor of its shape.
        """
        return layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The options, as `print` shows them.

        Returns:
            One line.
        """
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(nn.Module):
    r"""Group normalisation (normalization-group-mean), see `group_norm`, as `torch.nn.GroupNorm`.

    Args:
        num_groups: G, a divisor of `num_channels`.
        num_channels: C.
        eps: ε, in units of the input squared.
        affine: learn γ and β, one number a channel.
        device: where the parameters lie.
        dtype: their type.
        bias: learn β, if `affine`.

    Raises:
        ValueError: C is no multiple of G.

    >>> GroupNorm(2, 4)(torch.tensor([[1.0, 3.0, 10.0, 30.0]])).detach()
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device=None,
        dtype=None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        _check_groups(num_groups, num_channels)
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        _register_affine(self, (num_channels,), affine, affine and bias, {"device": device, "dtype": dtype})

    def forward(self, input: Tensor) -> Tensor:
        """The normalised input, see `group_norm`.

        Args:
            input: of the shape that the layer was made for.

        Returns:
            A tensor of its shape.
        """
        return group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The options, as `print` shows them.

        Returns:
            One line.
        """
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"


class RMSNorm(nn.Module):
    r"""Root mean square normalisation (normalization-rms), see `rms_norm`, as `torch.nn.RMSNorm`.

    Args:
        normalized_shape: the sizes of the last dimensions, or the size of the last one.
        eps: ε, in units of the input squared; None: the machine epsilon of the input's type.
        elementwise_affine: learn γ, one number for every element of `normalized_shape`.
        device: where the parameters lie.
        dtype: their type.

    >>> RMSNorm(3)(torch.tensor([3.0, -3.0, 3.0])).detach()
    tensor([ 1., -1.,  1.])
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device=None,
        dtype=None,
    ) -> None:
        super().__init__()
        self.normalized_shape, self.eps, self.elementwise_affine = _shape(normalized_shape), eps, elementwise_affine
        _register_affine(self, self.normalized_shape, elementwise_affine, None, {"device": device, "dtype": dtype})

    def forward(self, input: Tensor) -> Tensor:
        """The normalised input, see `rms_norm`.

        Args:
            input: of the shape that the layer was made for.

        Returns:
            A tensor of its shape.
        """
        return rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The options, as `print` shows them.

        Returns:
            One line.
        """
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


def _register_affine(module: nn.Module, shape: tuple[int, ...], weight: bool, bias: bool | None, factory: dict) -> None:
    """γ = 1 and β = 0, or None where they are not learned; a module whose bias is None has no such entry."""
    module.register_parameter("weight", nn.Parameter(torch.ones(shape, **factory)) if weight else None)
    if bias is not None:
        module.register_parameter("bias", nn.Parameter(torch.zeros(shape, **factory)) if bias else None)


def _shape(normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    return (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)


# --8<-- [start:fuse]
def fuse_bn_weights(
    weight: Float[Tensor, "C ..."],
    bias: Float[Tensor, " C"] | None,
    running_mean: Float[Tensor, " C"],
    running_var: Float[Tensor, " C"],
    eps: float,
    bn_weight: Float[Tensor, " C"] | None = None,
    bn_bias: Float[Tensor, " C"] | None = None,
) -> tuple[Float[Tensor, "C ..."], Float[Tensor, " C"]]:
    r"""Weight and bias of one layer that does what a linear layer and a batch norm after it do (normalization-folded).

    As `torch.nn.utils.fusion.fuse_conv_bn_weights` and `fuse_linear_bn_weights`.

    Args:
        weight: of a linear layer (C, d) or a convolution (C, d, …).
        bias: of that layer; None: 0.
        running_mean: of the batch norm.
        running_var: of the batch norm.
        eps: ε of the batch norm, in units of its input squared.
        bn_weight: γ; None: 1.
        bn_bias: β; None: 0.

    Returns:
        The folded weight and bias.

    >>> fuse_bn_weights(torch.ones(1, 2), None, torch.tensor([3.0]), torch.tensor([4.0]), 0.0)
    (tensor([[0.5000, 0.5000]]), tensor([-1.5000]))
    """
    bias = torch.zeros_like(running_mean) if bias is None else bias
    scale = (running_var + eps).rsqrt() if bn_weight is None else bn_weight * (running_var + eps).rsqrt()
    shift = torch.zeros_like(running_mean) if bn_bias is None else bn_bias
    return weight * scale.view(-1, *[1] * (weight.ndim - 1)), (bias - running_mean) * scale + shift


@torch.no_grad()
def fuse_bn_(layer: nn.Linear | nn.Conv1d | nn.Conv2d | nn.Conv3d, bn: nn.Module) -> nn.Module:
    r"""Folds the batch norm after a layer into the layer, in place; `bn` has to be left out then.

    torch's `fuse_linear_bn_eval` and `fuse_conv_bn_eval` do the same to a copy.

    Args:
        layer: linear layer or convolution, in evaluation mode.
        bn: batch norm of this module or of torch over its outputs, in evaluation mode, with running statistics.

    Returns:
        The layer.

    Raises:
        ValueError: one of them is in training mode, `bn` has no running statistics, or the sizes do not fit.

    >>> layer, bn, x = nn.Linear(3, 2).eval(), BatchNorm1d(2).eval(), torch.randn(5, 3)
    >>> two = bn(layer(x))
    >>> torch.allclose(fuse_bn_(layer, bn)(x), two, atol=1e-6)
    True
    """
    if layer.training or bn.training:
        raise ValueError("layer and bn must be in evaluation mode (.eval()); training takes the batch's statistics")
    if bn.running_mean is None or bn.running_var is None:
        raise ValueError("bn has no running statistics, so that there is nothing constant to fold")
    if len(layer.weight) != bn.num_features:
        raise ValueError(f"the layer has {len(layer.weight)} outputs, bn normalises {bn.num_features}")
    weight, bias = fuse_bn_weights(
        layer.weight, layer.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias
    )
    layer.weight, layer.bias = nn.Parameter(weight), nn.Parameter(bias)
    return layer


# --8<-- [end:fuse]


# --8<-- [start:checks]
def _only_first_derivatives() -> None:
    if torch.is_grad_enabled():  # within a backward pass only by create_graph=True
        raise NotImplementedError("second derivatives are not implemented here; torch.nn.functional has them")


def _check_input(input: Tensor, ndim: int, what: str) -> None:
    if not input.is_floating_point():
        raise TypeError(f"input must be a floating-point tensor, got {input.dtype}; convert it with input.float()")
    if input.ndim < ndim:
        raise ValueError(f"input must have {what} as dimensions 0 and 1, got shape {tuple(input.shape)}")


def _check_parameters(channels: int, **parameters: Tensor | None) -> None:
    for name, parameter in parameters.items():
        if parameter is not None and parameter.shape != (channels,):
            raise ValueError(
                f"{name} must have one number for each of the {channels} channels, got shape {tuple(parameter.shape)}"
            )


def _check_values(values: int, input: Tensor) -> None:
    if values == 1:
        raise ValueError(
            f"expected more than 1 value to take a variance of, got input shape {tuple(input.shape)}: the output would "
            "be the bias whatever the input; leave out an incomplete last batch, or use layer_norm"
        )


def _check_groups(num_groups: int, num_channels: int) -> None:
    if num_groups < 1 or num_channels % num_groups:
        raise ValueError(f"the number of channels, {num_channels}, must be a multiple of num_groups, got {num_groups}")


def _last_dimensions(input: Tensor, normalized_shape: Sequence[int], **parameters: Tensor | None) -> tuple[int, ...]:
    """The dimensions that a layer is normalised over, counted from the end."""
    shape = tuple(normalized_shape)
    _check_input(input, 0, "")
    if not shape or input.shape[-len(shape) :] != shape:
        raise ValueError(f"input must end in normalized_shape {shape}, got shape {tuple(input.shape)}")
    for name, parameter in parameters.items():
        if parameter is not None and parameter.shape != shape:
            raise ValueError(f"{name} must have normalized_shape {shape}, got shape {tuple(parameter.shape)}")
    return tuple(range(-len(shape), 0))


# --8<-- [end:checks]
