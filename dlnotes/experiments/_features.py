"""A small classifier of images: its last hidden layer measures them, its probabilities judge them.

It is trained anew by every experiment that needs it, always the same way: with the same seed the features are the same.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dlnotes.gan import frechet_distance, gaussian_statistics

FEATURES = 64  # units of the last hidden layer
CLASSES = 10


class Classifier(nn.Module):
    """Two convolutions of stride 2 and a hidden layer, for images of shape (n, channels, side, side)."""

    def __init__(self, channels: int, side: int):
        super().__init__()
        reduced = math.ceil(side / 4)
        self.features = nn.Sequential(
            nn.Conv2d(channels, 16, 5, stride=2, padding=2), nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(32 * reduced**2, FEATURES), nn.ReLU(),
        )  # fmt: skip
        self.scores = nn.Linear(FEATURES, CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        return self.scores(self.features(images))


def train_classifier(images: Tensor, labels: Tensor, seed: int, epochs: int = 2, batch: int = 128) -> Classifier:
    """A classifier of images, shape (n, channels, side, side), trained by Adam at a rate that rises and falls once."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        classifier = Classifier(images.shape[1], images.shape[2]).to(images.device)
    generator = torch.Generator().manual_seed(seed)
    steps = epochs * (len(images) // batch)
    optimizer = torch.optim.Adam(classifier.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=steps)
    for _ in range(epochs):
        for rows in torch.randperm(len(images), generator=generator).split(batch)[: len(images) // batch]:
            rows = rows.to(images.device)
            optimizer.zero_grad()
            cross_entropy(classifier(images[rows]), labels[rows]).backward()
            optimizer.step()
            schedule.step()
    return classifier.eval().requires_grad_(False)


def features(classifier: Classifier, images: Tensor, batch: int = 1000) -> Tensor:
    """The last hidden layer of every image, shape (n, FEATURES)."""
    return torch.cat([classifier.features(part) for part in images.split(batch)])


def distance(classifier: Classifier, images: Tensor, others: Tensor) -> float:
    """Squared Fréchet distance of two sets of images in the classifier's features."""
    statistics = [gaussian_statistics(features(classifier, part)) for part in (images, others)]
    return frechet_distance(*statistics[0], *statistics[1]).item()


def confidence(classifier: Classifier, images: Tensor, batch: int = 1000) -> float:
    """Mean probability of the class that the classifier finds most probable."""
    best = [classifier(part).softmax(1).amax(1) for part in images.split(batch)]
    return torch.cat(best).mean().item()


def accuracy(classifier: Classifier, images: Tensor, labels: Tensor, batch: int = 1000) -> float:
    """Share of images that are classified rightly."""
    guesses = torch.cat([classifier(part).argmax(1) for part in images.split(batch)])
    return (guesses == labels).float().mean().item()
