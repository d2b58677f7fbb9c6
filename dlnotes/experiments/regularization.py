"""Ways of regularisation compared on one task: few images of Fashion-MNIST and a network that can memorise them.

Each way is tried at several strengths, the best by validation loss is tested. All settings and seeds run side by side
as one batch of networks; a seed draws the images, the initial weights and the minibatches.
"""

import time
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Setting:
    """How one network is trained."""

    decay: float = 0.0  # λ of λ/2 ‖W‖², weights of all layers, no biases
    l1: float = 0.0  # λ of λ ‖W‖₁
    dropout: tuple[float, float, float] = (0.0, 0.0, 0.0)  # p of dropping: input, hidden layers, logits
    shift: float = 0.0  # pixels, largest random translation of a training image in each direction
    rotation: float = 0.0  # degrees, largest random rotation to either side
    flip: bool = False  # mirror half of the training images
    more_data: int = 1  # how many times as many training images
    bootstrap: bool = False  # train on as many images drawn with replacement
    member: int = 0  # other initial weights and minibatches, same images: for ensembles


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 1000  # training images
    validation: int = 1000  # further images, to choose strengths and when to stop
    pool: int = 2  # pixels a side that are averaged to one, to be quick
    hidden: tuple[int, ...] = (256,)  # ReLU units
    steps: int = 2000
    batch: int = 50  # images a step, drawn at random
    lr: float = 0.03  # at first; it falls to 0 along a cosine
    momentum: float = 0.9
    evaluations: int = 20  # of the validation loss, evenly over the steps
    decays: tuple[float, ...] = (0.003, 0.01, 0.03)
    l1s: tuple[float, ...] = (0.0003, 0.001)
    dropouts: tuple[float, ...] = (0.3, 0.5, 0.7)
    shifts: tuple[float, ...] = (0.5, 1.0)  # pixels after averaging, together with flips
    more_data: int = 4
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(hidden=(128,), steps=1000, device="cpu")


@dataclass
class Images:
    """A data set: pixels with the mean 0 and the standard deviation 1 over all training images."""

    train: Tensor  # (N, side, side)
    train_labels: Tensor
    test: Tensor
    test_labels: Tensor
    classes: int = field(init=False)

    def __post_init__(self) -> None:
        self.classes = int(self.train_labels.max()) + 1


def load_images(config) -> Images:
    load = getattr(data, config.dataset)
    (train, labels), (test, test_labels) = load("train"), load("test")
    device = config.device
    train, test = (F.avg_pool2d(images.to(device, torch.float32), config.pool) for images in (train, test))
    std, mean = torch.std_mean(train)
    return Images((train - mean) / std, labels.to(device), (test - mean) / std, test_labels.to(device))


class Networks:
    """One multilayer perceptron for each setting and seed, with batched parameters; shapes (settings · seeds, …)."""

    def __init__(self, sizes: Sequence[int], settings: Sequence[Setting], seeds: Sequence[int], device: str) -> None:
        self.settings, self.seeds, self.device = list(settings), list(seeds), device
        drawn = [self._initial(sizes, seed, setting.member) for setting in settings for seed in seeds]
        self.weights = [torch.stack(layer).to(device).requires_grad_() for layer in zip(*drawn, strict=True)]
        self.biases = [torch.zeros(len(drawn), 1, size, device=device, requires_grad=True) for size in sizes[1:]]

    @staticmethod
    def _initial(sizes: Sequence[int], seed: int, member: int) -> list[Tensor]:
        """He's initialisation."""
        generator = torch.Generator().manual_seed(1000 * member + seed)
        return [torch.randn(n, m, generator=generator) * (2 / n) ** 0.5 for n, m in pairwise(sizes)]

    @property
    def parameters(self) -> list[Tensor]:
        return [*self.weights, *self.biases]

    def copy(self, parameters: Sequence[Tensor]) -> "Networks":
        """Networks with other parameters, or with some of them: they may be fewer."""
        other = copy(self)
        other.weights, other.biases = parameters[: len(self.weights)], parameters[len(self.weights) :]
        return other

    def each(self, value) -> Tensor:
        """A number of every setting, once for each network: shape (settings · seeds,)."""
        numbers = torch.tensor([float(value(setting)) for setting in self.settings], device=self.device)
        return numbers.repeat_interleave(len(self.seeds))

    def logits(self, x: Tensor, dropout: Sequence[Tensor] | None = None) -> Tensor:
        """x: (networks or 1, batch, features). dropout: probabilities of the networks for input, hidden, logits."""
        p_input, p_hidden, p_logits = dropout or (None, None, None)
        h = _drop(x.expand(len(self.weights[0]), -1, -1), p_input)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            h = _drop(torch.baddbmm(bias, h, weight).relu(), p_hidden)
        return _drop(torch.baddbmm(self.biases[-1], h, self.weights[-1]), p_logits)

    def by_setting(self, values: Tensor) -> Tensor:
        """(settings · seeds, …) as (seeds, settings, …)."""
        return values.unflatten(0, (len(self.settings), len(self.seeds))).transpose(0, 1)

    @torch.no_grad()
    def probabilities(self, images: Tensor) -> Tensor:
        """Of the classes, for images of shape (networks or 1, n, side, side); in parts, to spare memory."""
        parts = images.flatten(2).split(500, dim=1)
        return torch.cat([self.logits(part).softmax(-1) for part in parts], dim=1)


def _drop(h: Tensor, p: Tensor | None) -> Tensor:
    """Dropout with a probability for each network; nothing is drawn where all are 0."""
    if p is None or not p.any():
        return h
    keep = 1 - p.view(-1, 1, 1)
    return h * (torch.rand_like(h) < keep) / keep


def transform(images: Tensor, shift: Tensor, rotation: Tensor, flip: Tensor) -> Tensor:
    """Random affine maps of images (networks, batch, side, side), with the largest shift and angle of each network."""
    networks, batch, side, _ = images.shape
    angle = torch.deg2rad(rotation).unsqueeze(1) * (2 * torch.rand(networks, batch, device=images.device) - 1)
    offset = 2 / side * shift.view(-1, 1, 1) * (2 * torch.rand(networks, batch, 2, device=images.device) - 1)
    mirror = 1 - 2 * (torch.rand(networks, batch, device=images.device) < flip.unsqueeze(1) / 2).float()
    cos, sin = angle.cos(), angle.sin()
    rows = [torch.stack([mirror * cos, -mirror * sin, offset[..., 0]], -1), torch.stack([sin, cos, offset[..., 1]], -1)]
    source = torch.stack(rows, dim=-2).flatten(0, 1)
    grid = F.affine_grid(source, [networks * batch, 1, side, side], align_corners=False)
    background = images.min()  # what comes into view
    moved = F.grid_sample(images.reshape(-1, 1, side, side) - background, grid, align_corners=False)
    return moved.view_as(images) + background


AUGMENTATIONS = ("shift", "rotation", "flip")  # the settings that `transform` takes


class Minibatches:
    """Random minibatches of each network's own training images, augmented as its setting says."""

    def __init__(self, config, networks: Networks, images: Images, index: Tensor) -> None:
        self.images, self.index, self.shape = images, index, (len(index), config.batch)
        self.available = networks.each(lambda setting: config.samples * setting.more_data).unsqueeze(1)
        self.knobs = [networks.each(lambda setting, name=name: getattr(setting, name)) for name in AUGMENTATIONS]
        self.moved = sum(self.knobs).nonzero().flatten()

    def draw(self) -> tuple[Tensor, Tensor]:
        """Pixels (networks, batch, features) and labels (networks, batch)."""
        drawn = (torch.rand(self.shape, device=self.index.device) * self.available).long()
        chosen = self.index.gather(1, drawn)
        x = self.images.train[chosen]
        if len(self.moved):
            x[self.moved] = transform(x[self.moved], *(knob[self.moved] for knob in self.knobs))
        return x.flatten(2), self.images.train_labels[chosen]


class Best:
    """The parameters of each network at its lowest validation loss."""

    def __init__(self, networks: Networks) -> None:
        self.parameters = [parameter.detach().clone() for parameter in networks.parameters]
        self.loss = torch.full((len(self.parameters[0]),), torch.inf, device=networks.device)

    def update(self, loss: Tensor, networks: Networks) -> None:
        better = loss < self.loss
        self.loss = torch.where(better, loss, self.loss)
        for old, new in zip(self.parameters, networks.parameters, strict=True):
            old[better] = new.detach()[better]


@dataclass
class Outcome:
    """What training gave, shapes (seeds, settings, …)."""

    networks: Networks
    step: list[int]  # at which was evaluated
    train_loss: Tensor  # nats, plain cross entropy of the training images as they are
    validation_loss: Tensor
    probabilities: Tensor  # of the test images' classes, after the last step
    stopped: Tensor  # the same with the parameters of the lowest validation loss
    labels: Tensor  # of the test images


def train(config, settings: Sequence[Setting], images: Images) -> Outcome:
    """Train a network for each setting and seed."""
    torch.manual_seed(0)
    side = images.train.shape[-1]
    networks = Networks([side * side, *config.hidden, images.classes], settings, config.seeds, config.device)
    train_index, validation_index = draw_images(config, settings, len(images.train))
    minibatches, best = Minibatches(config, networks, images, train_index), Best(networks)
    dropout = [networks.each(lambda setting, i=i: setting.dropout[i]) for i in range(3)]
    decay, l1 = networks.each(lambda setting: setting.decay), networks.each(lambda setting: setting.l1)
    optimizer = torch.optim.SGD(networks.parameters, lr=config.lr, momentum=config.momentum)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=config.steps + 1)

    def evaluated(index: Tensor) -> Tensor:
        return cross_entropy(networks.probabilities(images.train[index]), images.train_labels[index])

    evaluations, train_loss, validation_loss = [], [], []
    for step in progress(range(config.steps + 1), "steps"):
        if step * config.evaluations % config.steps == 0:
            evaluations.append(step)
            train_loss.append(evaluated(train_index[:, : config.samples]))
            validation_loss.append(evaluated(validation_index))
            best.update(validation_loss[-1], networks)
        x, labels = minibatches.draw()
        log_probs = networks.logits(x, dropout).log_softmax(-1)
        loss = -log_probs.gather(-1, labels.unsqueeze(-1)).mean((1, 2))
        for weight in networks.weights:
            loss = loss + 0.5 * decay * weight.square().sum((1, 2)) + l1 * weight.abs().sum((1, 2))
        optimizer.zero_grad()
        loss.sum().backward()  # each network's gradient is that of its own loss
        optimizer.step()
        schedule.step()

    test = images.test.unsqueeze(0)
    return Outcome(
        networks,
        evaluations,
        networks.by_setting(torch.stack(train_loss, dim=1)),
        networks.by_setting(torch.stack(validation_loss, dim=1)),
        networks.by_setting(networks.probabilities(test)),
        networks.by_setting(networks.copy(best.parameters).probabilities(test)),
        images.test_labels,
    )


def draw_images(config, settings: Sequence[Setting], pool: int) -> tuple[Tensor, Tensor]:
    """Indices of each network's training and validation images; settings share those of a seed."""
    most = config.samples * max(setting.more_data for setting in settings)
    rows, held_out = [], []
    for setting in settings:
        for seed in config.seeds:
            order = torch.randperm(pool, generator=torch.Generator().manual_seed(seed))
            available = order[config.validation :][:most]
            if setting.bootstrap:
                generator = torch.Generator().manual_seed(1000 * setting.member + seed)
                available = available[torch.randint(config.samples, (most,), generator=generator)]
            rows.append(available)
            held_out.append(order[: config.validation])
    return torch.stack(rows).to(config.device), torch.stack(held_out).to(config.device)


def cross_entropy(probabilities: Tensor, labels: Tensor) -> Tensor:
    """Mean over the samples, in nats, of probabilities (…, n, classes) and labels (…, n)."""
    right = probabilities.gather(-1, labels.expand(probabilities.shape[:-1]).unsqueeze(-1))
    return -right.squeeze(-1).clamp(min=1e-12).log().mean(-1)


def accuracy(probabilities: Tensor, labels: Tensor) -> Tensor:
    return (probabilities.argmax(-1) == labels).float().mean(-1)


def ways(config: Config) -> dict[str, list[Setting]]:
    """Every way of regularisation with its strengths."""
    return {
        "none": [Setting()],
        "l2": [Setting(decay=decay) for decay in config.decays],
        "l1": [Setting(l1=l1) for l1 in config.l1s],
        "dropout": [Setting(dropout=(0.0, p, 0.0)) for p in config.dropouts],
        "augmentation": [Setting(shift=shift, flip=True) for shift in config.shifts],
        "more_data": [Setting(more_data=config.more_data)],
        "together": [
            Setting(shift=config.shifts[0], flip=True, dropout=(0.0, p, 0.0), decay=config.decays[0])
            for p in config.dropouts[:2]
        ],
    }


def run(config: Config) -> Run:
    started = time.time()
    groups = ways(config)
    settings = [setting for group in groups.values() for setting in group]
    outcome = train(config, settings, load_images(config))
    results, series, first = {}, {}, 0
    for name, group in groups.items():
        part = slice(first, first + len(group))
        first += len(group)
        best = part.start + int(outcome.validation_loss[:, part, -1].mean(0).argmin())
        chosen = settings[best]
        for knob, strength in (("decay", chosen.decay), ("l1", chosen.l1), ("shift", chosen.shift)):
            results[f"{name}_{knob}"] = [strength] * len(config.seeds)
        results[f"{name}_dropout"] = [chosen.dropout[1]] * len(config.seeds)
        series[f"{name}_train_loss"] = outcome.train_loss[:, best]
        series[f"{name}_validation_loss"] = outcome.validation_loss[:, best]
        results[f"{name}_train_loss"] = outcome.train_loss[:, best, -1]
        results |= tested(name, outcome.probabilities[:, best], outcome.labels)
        results |= tested(f"{name}_stopped", outcome.stopped[:, best], outcome.labels)
        stop = outcome.validation_loss[:, best].argmin(dim=1, keepdim=True)
        results[f"{name}_stopped_train_loss"] = outcome.train_loss[:, best].gather(1, stop).squeeze(1)
    results["hidden_units"] = [sum(config.hidden)] * len(config.seeds)
    results["test_images"] = [len(outcome.labels)] * len(config.seeds)
    series["step"] = outcome.step
    return record(config, started, series=series, results=results, axes={"step": ["step"]}, data=config.dataset)


def tested(name: str, probabilities: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """Accuracy and negative log-likelihood of every seed on the test images."""
    return {
        f"{name}_accuracy": accuracy(probabilities, labels),
        f"{name}_nll": cross_entropy(probabilities, labels),
    }


SMALL = Config(
    dataset="digits", samples=60, validation=50, pool=1, hidden=(16,), steps=20, batch=10, evaluations=4,
    decays=(0.01,), l1s=(0.001,), dropouts=(0.2, 0.5), seeds=(0, 1), device="cpu",
)  # fmt: skip


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    return run(SMALL)
