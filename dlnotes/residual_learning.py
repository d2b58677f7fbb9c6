"""Residual learning: plain and residual blocks, deep networks of them, and the gradients that come through.

A network for images of 28×28 or 32×32 pixels is that of He, Zhang, Ren and Sun (2016), section 4.2, with 6n + 2 layers.
"""

# --8<-- [start:imports]
from collections.abc import Callable, Iterable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

# --8<-- [end:imports]

# --8<-- [start:blocks]
NormLayer = Callable[[int], nn.Module]  # from a number of channels to a layer, as torchvision's norm_layer


def conv3x3(in_channels: int, out_channels: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """Convolution of 3×3 pixels without bias, which the normalisation that follows would remove.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        stride: step between the pixels of the output; 2 halves height and width.
        groups: independent networks that lie side by side in the channels, as in `torch.nn.Conv2d`.

    Returns:
        The layer.

    >>> conv3x3(4, 8, stride=2)(torch.ones(1, 4, 6, 6)).shape
    torch.Size([1, 8, 3, 3])
    """
    return nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, groups=groups, bias=False)


def projection_shortcut(
    in_channels: int, out_channels: int, stride: int = 1, groups: int = 1, norm_layer: NormLayer = nn.BatchNorm2d
) -> nn.Module:
    """The identity where shapes agree, else a learned 1×1 convolution (He et al. 2016, option B).

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        stride: step between the pixels of the output; 2 halves height and width.
        groups: independent networks that lie side by side in the channels, as in `torch.nn.Conv2d`.
        norm_layer: from a number of channels to a layer; `torch.nn.Identity` for none.

    Returns:
        The layer or layers.

    >>> projection_shortcut(4, 8, stride=2)(torch.ones(2, 4, 6, 6)).shape
    torch.Size([2, 8, 3, 3])
    """
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    conv = nn.Conv2d(in_channels, out_channels, 1, stride, groups=groups, bias=False)
    return nn.Sequential(conv, norm_layer(out_channels))


class PaddedShortcut(nn.Module):
    """The identity, with pixels left out and channels of zeros appended (He et al. 2016, option A); no parameters.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        stride: step between the pixels of the output; 2 halves height and width.
        groups: independent networks that lie side by side in the channels, as in `torch.nn.Conv2d`.
        norm_layer: not used, there is nothing to normalise.

    Raises:
        ValueError: there are fewer channels in the output than in the input.

    >>> PaddedShortcut(1, 2, stride=2)(torch.arange(4.0).view(1, 1, 2, 2)).flatten()
    tensor([0., 0.])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        groups: int = 1,
        norm_layer: NormLayer | None = None,  # not used: there is nothing to normalise
    ) -> None:
        if out_channels < in_channels:
            raise ValueError(f"zeros cannot turn {in_channels} channels into {out_channels}; use a projection")
        super().__init__()
        self.stride, self.groups, self.extra = stride, groups, (out_channels - in_channels) // groups

    def forward(self, x: Float[Tensor, "N _ H W"]) -> Float[Tensor, "N _ _ _"]:
        """The input with pixels left out and channels of zeros appended.

        Args:
            x: images, shape (N, channels, H, W).

        Returns:
            Images, with the block's channels and stride.
        """
        kept = x[..., :: self.stride, :: self.stride].unflatten(1, (self.groups, -1))
        return nn.functional.pad(kept, (0, 0, 0, 0, 0, self.extra)).flatten(1, 2)


class PlainBlock(nn.Module):
    r"""Two convolutions, each normalised and followed by ReLU: $y = \operatorname{relu}(F(x))$.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        stride: step between the pixels of the output; 2 halves height and width.
        groups: independent networks that lie side by side in the channels, as in `torch.nn.Conv2d`.
        norm_layer: from a number of channels to a layer; `torch.nn.Identity` for none.

    >>> PlainBlock(4, 8, stride=2)(torch.randn(2, 4, 6, 6)).shape
    torch.Size([2, 8, 3, 3])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        groups: int = 1,
        norm_layer: NormLayer = nn.BatchNorm2d,
    ) -> None:
        super().__init__()
        self.conv1 = conv3x3(in_channels, out_channels, stride, groups)
        self.bn1 = norm_layer(out_channels)
        self.conv2 = conv3x3(out_channels, out_channels, groups=groups)
        self.bn2 = norm_layer(out_channels)

    def residual(self, x: Float[Tensor, "N _ H W"]) -> Float[Tensor, "N _ _ _"]:
        """$F(x)$, which a residual block adds to its input.

        Args:
            x: images, shape (N, channels, H, W).

        Returns:
            Images, with the block's channels and stride.
        """
        return self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))

    def forward(self, x: Float[Tensor, "N _ H W"]) -> Float[Tensor, "N _ _ _"]:
        """The block's output.

        Args:
            x: images, shape (N, channels, H, W).

        Returns:
            Images, with the block's channels and stride.
        """
        return torch.relu(self.residual(x))


class BasicBlock(PlainBlock):
    r"""Residual block, version 1 (He et al. 2016, figure 2): $y = \operatorname{relu}(x + F(x))$.

    As torchvision's `BasicBlock`; where shapes differ, the shortcut takes the place of x.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        stride: step between the pixels of the output; 2 halves height and width.
        groups: independent networks that lie side by side in the channels, as in `torch.nn.Conv2d`.
        norm_layer: from a number of channels to a layer; `torch.nn.Identity` for none.
        shortcut: `projection_shortcut` or `PaddedShortcut`.

    >>> block = BasicBlock(4, 4)
    >>> _ = nn.init.zeros_(block.bn2.weight)  # F = 0
    >>> block(torch.full((1, 4, 2, 2), -1.0)).abs().max()
    tensor(0., grad_fn=<MaxBackward1>)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        groups: int = 1,
        norm_layer: NormLayer = nn.BatchNorm2d,
        shortcut: Callable[..., nn.Module] = projection_shortcut,
    ) -> None:
        super().__init__(in_channels, out_channels, stride, groups, norm_layer)
        self.shortcut = shortcut(in_channels, out_channels, stride, groups, norm_layer)

    def forward(self, x: Float[Tensor, "N _ H W"]) -> Float[Tensor, "N _ _ _"]:
        return torch.relu(self.shortcut(x) + self.residual(x))


class PreActBlock(BasicBlock):
    """Residual block, version 2 (He et al. 2016b, figure 1b): $y = x + F(x)$, with normalisation and ReLU first in F.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        stride: step between the pixels of the output; 2 halves height and width.
        groups: independent networks that lie side by side in the channels, as in `torch.nn.Conv2d`.
        norm_layer: from a number of channels to a layer; `torch.nn.Identity` for none.
        shortcut: `projection_shortcut` or `PaddedShortcut`.

    >>> block = PreActBlock(4, 4)
    >>> _ = nn.init.zeros_(block.conv2.weight)  # F = 0
    >>> block(torch.full((1, 4, 2, 2), -1.0)).mean()
    tensor(-1., grad_fn=<MeanBackward0>)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        groups: int = 1,
        norm_layer: NormLayer = nn.BatchNorm2d,
        shortcut: Callable[..., nn.Module] = projection_shortcut,
    ) -> None:
        super().__init__(in_channels, out_channels, stride, groups, norm_layer, shortcut)
        self.bn1 = norm_layer(in_channels)
        self.bn2 = norm_layer(out_channels)

    def residual(self, x: Float[Tensor, "N _ H W"]) -> Float[Tensor, "N _ _ _"]:
        hidden = self.conv1(torch.relu(self.bn1(x)))
        return self.conv2(torch.relu(self.bn2(hidden)))

    def forward(self, x: Float[Tensor, "N _ H W"]) -> Float[Tensor, "N _ _ _"]:
        return self.shortcut(x) + self.residual(x)


# --8<-- [end:blocks]


def resnet(
    depth: int,
    block: Callable[..., nn.Module] = BasicBlock,
    in_channels: int = 1,
    width: int = 16,
    num_classes: int = 10,
    groups: int = 1,
    norm_layer: NormLayer = nn.BatchNorm2d,
) -> nn.Sequential:
    """Network of He et al. (2016), section 4.2: a convolution, three stages of n blocks, mean of the pixels, scores.

    Args:
        depth: layers with weights, 6n + 2: 8, 14, 20, 32, 44, 56, 110, … Projections aren't counted.
        block: `PlainBlock`, `BasicBlock` or `PreActBlock`.
        in_channels: of the images.
        width: channels of the first stage; the second has twice, the third four times as many, at half and a quarter of
            the height and width.
        num_classes: scores for each image.
        groups: independent networks side by side, each with the channels above; images of shape
            (N, groups * in_channels, H, W) give scores of shape (N, groups * num_classes).
        norm_layer: from a number of channels to a layer; `torch.nn.Identity` for none.

    Returns:
        The layers and blocks in sequence.

    Raises:
        ValueError: the depth isn't 6n + 2.

    >>> resnet(8, width=4)(torch.randn(2, 1, 8, 8)).shape
    torch.Size([2, 10])
    """
    if depth < 8 or depth % 6 != 2:
        raise ValueError(f"depth must be 6n + 2 (8, 14, 20, …), three stages of n blocks with 2 layers; got {depth}")
    channels = width * groups
    layers = [conv3x3(in_channels * groups, channels, groups=groups)]
    pre_activated = block is PreActBlock
    if not pre_activated:
        layers += [norm_layer(channels), nn.ReLU()]
    for stage in range(3):
        for position in range((depth - 2) // 6):
            stride = 2 if stage > 0 and position == 0 else 1
            layers.append(block(channels, stride * channels, stride, groups, norm_layer))
            channels *= stride
    if pre_activated:
        layers += [norm_layer(channels), nn.ReLU()]
    scores = nn.Conv2d(channels, num_classes * groups, 1, groups=groups)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), scores, nn.Flatten())


@torch.no_grad()
def he_normal_(network: nn.Module, generators: Sequence[torch.Generator]) -> nn.Module:
    r"""Draw all convolutions from $\mathcal{N}(0, 2 / \text{fan in})$ (He et al. 2015), biases zero; in place.

    Args:
        network: as made by `resnet`.
        generators: one for each of the network's groups, so that a group doesn't depend on the others.

    Returns:
        The network.

    Raises:
        ValueError: there are fewer or more generators than groups.

    >>> network = he_normal_(resnet(8, width=4), [torch.Generator().manual_seed(0)])
    >>> network[3].conv1.weight.std()  # the square root of 2 / 36 is 0.236
    tensor(0.2260, grad_fn=<StdBackward0>)
    """
    for conv in (module for module in network.modules() if isinstance(module, nn.Conv2d)):
        if conv.groups != len(generators):
            raise ValueError(f"{len(generators)} generators for a network of {conv.groups} groups; give one for each")
        for weight, generator in zip(conv.weight.chunk(conv.groups), generators, strict=True):
            nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=generator)
        if conv.bias is not None:
            nn.init.zeros_(conv.bias)
    return network


@torch.no_grad()
def zero_init_residual_(network: nn.Module) -> nn.Module:
    """Set what comes last in every residual branch to zero, so that F = 0 at the start (Goyal et al. 2017); in place.

    In a `BasicBlock` that is the scale of the second normalisation, in a `PreActBlock` the second convolution.

    Args:
        network: whose blocks are changed.

    Returns:
        The network.

    >>> x = torch.randn(2, 4, 5, 5)
    >>> block = zero_init_residual_(PreActBlock(4, 4))
    >>> torch.equal(block(x), x)
    True
    """
    for module in network.modules():
        if isinstance(module, PreActBlock):
            nn.init.zeros_(module.conv2.weight)
        elif isinstance(module, BasicBlock):
            nn.init.zeros_(module.bn2.weight)
    return network


def jacobian_bound(weights: Iterable[Float[Tensor, "_ _"]], slope: float = 1.0) -> Float[Tensor, ""]:
    r"""Largest factor by which layers h = φ(W h) can stretch a gradient (residual_learning-bound).

    $\prod_l s \|W^{[l]}\|_2$, with s the largest slope of φ.

    Args:
        weights: one matrix a layer, shape (outputs, inputs).
        slope: s, the maximum of |φ′|: 1 for ReLU and tanh, 1/4 for the sigmoid.

    Returns:
        The product, a scalar.

    Raises:
        ValueError: there are no weights, or a slope is negative.

    >>> jacobian_bound([torch.diag(torch.tensor([2.0, 1.0])), 3 * torch.eye(2)], slope=0.5)
    tensor(1.5000)
    """
    norms = [torch.linalg.matrix_norm(weight, ord=2) for weight in weights]
    if not norms:
        raise ValueError("weights is empty; give the weight matrix of at least one layer")
    if slope < 0:
        raise ValueError(f"slope is the maximum of |φ′| and must not be negative, got {slope}")
    return torch.stack([slope * norm for norm in norms]).prod()


# --8<-- [start:gradient_norms]
def gradient_norms(
    layers: Iterable[Callable[[Tensor], Tensor]],
    x: Float[Tensor, "*shape"],
    loss: Callable[[Tensor], Float[Tensor, ""]],
) -> Float[Tensor, " points"]:
    r"""Norm of a loss's gradient at the input of a stack of layers and after each of them.

    Args:
        layers: functions or modules, applied one after the other.
        x: input of the first layer, e.g. a batch.
        loss: from the last layer's output to a scalar.

    Returns:
        $\|\partial \mathcal{L} / \partial h^{[l]}\|$ for $l = 0, \dots, L$, shape (L + 1,).

    >>> halve, square = (lambda h: h / 2), (lambda h: (h**2).sum() / 2)
    >>> gradient_norms([halve, halve], torch.tensor([16.0]), square)
    tensor([1., 2., 4.])
    """
    points = [x.detach().requires_grad_()]
    for layer in layers:
        points.append(layer(points[-1]))
    return torch.stack([grad.norm() for grad in torch.autograd.grad(loss(points[-1]), points)])


# --8<-- [end:gradient_norms]
