"""A multilayer perceptron and a convolutional network on the digits, as they are and with their pixels shuffled.

The convolutional network of the first seed then serves to look inside: its filters, what excites them, how an
adversary fools it, and which pixels it heeds.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.introduction import fast_gradient_sign
from dlnotes.runs import Run

CLASSES = 10
SIDE = 8  # pixels
IMAGES = ["image", "row", "column"]
AXES = {  # of the series that belong to one network, not to every seed
    "parameters": ["network"],
    "filters": ["filter", "row", "column"],
    "patches": ["filter", "patch", "row", "column"],
    "digits": IMAGES,
    "digit_labels": ["image", "true and predicted"],
    "saliency": IMAGES,
    "occlusion": IMAGES,
    "adversarial": IMAGES,
    "adversarial_labels": ["image"],
}


@dataclass(frozen=True)
class Config:
    filters: int = 8  # of 3×3 pixels, in the first layer of the convolutional network; twice as many in the second
    hidden: int = 22  # units of the perceptron: about as many parameters as the convolutional network has
    epochs: int = 30  # passes over the training set
    batch: int = 64  # samples a step
    lr: float = 3e-3  # of Adam
    epsilons: tuple[float, ...] = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)  # changes of a pixel whose range is [0, 1]
    patches: int = 6  # most exciting ones that are kept of each filter
    shown: int = 3  # digits whose saliency is kept
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cpu"


def convolutional(config: Config) -> nn.Sequential:
    narrow, wide = config.filters, 2 * config.filters
    return nn.Sequential(
        nn.Conv2d(1, narrow, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(narrow, wide, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(4 * wide, CLASSES),
    )  # fmt: skip


def perceptron(config: Config) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(SIDE**2, config.hidden), nn.ReLU(), nn.Linear(config.hidden, CLASSES))


def images(split: str, order: Tensor | None, device: str) -> tuple[Tensor, Tensor]:
    """Digits of shape (n, 1, 8, 8) with pixels in [0, 1], all shuffled by the same order if there is one."""
    pixels, labels = data.digits(split)
    x = pixels.flatten(1).float() / 16
    x = x if order is None else x[:, order]
    return x.view(-1, 1, SIDE, SIDE).to(device), labels.to(device)


def train(model: nn.Module, x: Tensor, labels: Tensor, config: Config, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    for _ in range(config.epochs):
        for rows in torch.randperm(len(x), generator=generator).to(x.device).split(config.batch):
            optimizer.zero_grad()
            F.cross_entropy(model(x[rows]), labels[rows]).backward()
            optimizer.step()


def accuracy(model: nn.Module, x: Tensor, labels: Tensor) -> Tensor:
    with torch.no_grad():
        return (model(x).argmax(1) == labels).float().mean()


def attacked_accuracy(model: nn.Module, x: Tensor, labels: Tensor, epsilon: float) -> Tensor:
    moved = fast_gradient_sign(lambda images: F.cross_entropy(model(images), labels), x, epsilon)
    return accuracy(model, moved.clamp(0, 1), labels)


def random_accuracy(model: nn.Module, x: Tensor, labels: Tensor, epsilon: float, seed: int) -> Tensor:
    """The same amount of change in a random direction."""
    signs = torch.randint(2, x.shape, generator=torch.Generator().manual_seed(seed)).to(x) * 2 - 1
    return accuracy(model, (x + epsilon * signs).clamp(0, 1), labels)


def exciting_patches(model: nn.Module, x: Tensor, count: int) -> Tensor:
    """The 3×3 patches, inside the images, to which each first-layer filter responds most; (filters, count, 3, 3)."""
    with torch.no_grad():
        response = model[0](x)[:, :, 1:-1, 1:-1].flatten(2)  # (n, filters, 36)
    patches = F.unfold(x, 3).mT  # (n, 36, 9)
    best = response.amax(2).topk(count, dim=0).indices.T  # (filters, count): of each image only its best place
    place = response.argmax(2).gather(0, best.T).T
    return patches[best, place].view(-1, count, 3, 3)


def saliency(model: nn.Module, x: Tensor, labels: Tensor) -> Tensor:
    """Derivative of the right class's score by every pixel, shape (n, 8, 8)."""
    x = x.clone().requires_grad_()
    score = model(x).gather(1, labels[:, None]).sum()
    return torch.autograd.grad(score, x)[0][:, 0]


def occlusion(model: nn.Module, x: Tensor, labels: Tensor) -> Tensor:
    """Fall of the right class's score when the 3×3 pixels around a place are blackened, shape (n, 8, 8)."""
    mask = F.conv2d(torch.eye(SIDE**2, device=x.device).view(-1, 1, SIDE, SIDE), x.new_ones(1, 1, 3, 3), padding=1)
    with torch.no_grad():
        covered = [model(image * (1 - mask))[:, label] for image, label in zip(x, labels, strict=True)]
        whole = model(x).gather(1, labels[:, None])
    return (whole - torch.stack(covered)).view(-1, SIDE, SIDE)


def look_inside(model: nn.Module, x: Tensor, labels: Tensor, config: Config) -> dict[str, Tensor]:
    """What the figures show of one network."""
    with torch.no_grad():
        said = model(x).argmax(1)
    right = (said == labels).nonzero()[: config.shown - 1, 0]
    wrong = (said != labels).nonzero()[:1, 0]
    shown = torch.cat([right, wrong])
    moved = fast_gradient_sign(lambda images: F.cross_entropy(model(images), labels), x, config.epsilons[-2])
    moved = moved.clamp(0, 1)
    with torch.no_grad():
        fooled = ((model(moved).argmax(1) != labels) & (said == labels)).nonzero()[:1, 0]
        said_of_moved = model(moved[fooled]).argmax(1)
    return {
        "filters": model[0].weight.detach()[:, 0],
        "patches": exciting_patches(model, x, config.patches),
        "digits": x[shown, 0],
        "digit_labels": torch.stack([labels[shown], said[shown]], dim=1),
        "saliency": saliency(model, x[shown], labels[shown]),
        "occlusion": occlusion(model, x[shown], labels[shown]),
        "adversarial": torch.cat([x[fooled, 0], moved[fooled, 0]]),
        "adversarial_labels": torch.cat([labels[fooled], said_of_moved]),
    }


def run(config: Config) -> Run:
    """Trains both networks once per seed, on the digits and on the shuffled digits."""
    started = time.time()
    found = {f"{model}_{order}": [] for model in ("mlp", "cnn") for order in ("digits", "shuffled")}
    attacked, random = [], []
    for seed in progress(config.seeds, "seeds"):
        shuffle = torch.randperm(SIDE**2, generator=torch.Generator().manual_seed(seed))
        for order_name, order in (("digits", None), ("shuffled", shuffle)):
            x, labels = images("train", order, config.device)
            test = images("test", order, config.device)
            for name, build in (("mlp", perceptron), ("cnn", convolutional)):
                torch.manual_seed(seed)  # initial weights
                model = build(config).to(config.device)
                train(model, x, labels, config, seed)
                found[f"{name}_{order_name}"].append(accuracy(model, *test))
                if (name, order_name) == ("cnn", "digits"):
                    attacked.append([attacked_accuracy(model, *test, epsilon) for epsilon in config.epsilons])
                    random.append([random_accuracy(model, *test, epsilon, seed) for epsilon in config.epsilons])
                    if seed == config.seeds[0]:
                        inside = look_inside(model, *test, config)
    sizes = [sum(p.numel() for p in build(config).parameters()) for build in (perceptron, convolutional)]
    return record(
        config,
        started,
        series={"attacked": attacked, "random": random, "parameters": sizes, **inside},
        results={name: torch.stack(values) for name, values in found.items()},
        axes=AXES,
        data="digits",
    )


def smoke() -> Run:
    """Two epochs of two seeds."""
    return run(Config(epochs=2, seeds=(0, 1)))
