"""Adam with an L2 penalty in the gradient against AdamW, whose decay is decoupled: what becomes of the weights.

The task and the networks are those of the experiment `regularization`; biases are left alone.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.experiments import progress, record
from dlnotes.experiments.regularization import SMALL as SMALL_TASK
from dlnotes.experiments.regularization import Config as Task
from dlnotes.experiments.regularization import (
    Images,
    Networks,
    Setting,
    cross_entropy,
    draw_images,
    load_images,
    tested,
)  # fmt: skip
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config(Task):
    lr: float = 0.001
    l2_decays: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03)  # λ, added to the gradient
    decoupled_decays: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0)  # λ, times the learning rate off each weight
    quantiles: int = 60  # of the weights' sizes in the first layer, evenly spaced


CPU = Config(hidden=(128,), steps=500, device="cpu")
SMALL = Config(**(vars(SMALL_TASK) | {"l2_decays": (0.001,), "decoupled_decays": (0.1,), "quantiles": 5}))


def train(config: Config, images: Images, kind: type[torch.optim.Optimizer], decay: float) -> tuple[Networks, Tensor]:
    """One network for each seed, and their validation losses after training."""
    torch.manual_seed(0)
    setting, side = [Setting()], images.train.shape[-1]
    networks = Networks([side * side, *config.hidden, images.classes], setting, config.seeds, config.device)
    train_index, validation_index = draw_images(config, setting, len(images.train))
    groups = [{"params": networks.weights, "weight_decay": decay}, {"params": networks.biases, "weight_decay": 0.0}]
    optimizer = kind(groups, lr=config.lr)
    for _ in progress(range(config.steps), f"{kind.__name__} {decay}"):
        drawn = torch.randint(config.samples, (len(config.seeds), config.batch), device=config.device)
        index = train_index.gather(1, drawn)
        log_probs = networks.logits(images.train[index].flatten(2)).log_softmax(-1)
        loss = -log_probs.gather(-1, images.train_labels[index].unsqueeze(-1)).mean((1, 2))
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
    probabilities = networks.probabilities(images.train[validation_index])
    return networks, cross_entropy(probabilities, images.train_labels[validation_index])


def run(config: Config) -> Run:
    started = time.time()
    images = load_images(config)
    kinds = {
        "none": (torch.optim.Adam, (0.0,)),
        "l2": (torch.optim.Adam, config.l2_decays),
        "decoupled": (torch.optim.AdamW, config.decoupled_decays),
    }
    share = torch.linspace(0, 1, config.quantiles + 2, device=config.device)[1:-1]
    series, results = {}, {}
    for name, (kind, decays) in kinds.items():
        trained = [train(config, images, kind, decay) for decay in decays]
        best = min(range(len(decays)), key=lambda i: trained[i][1].mean().item())
        networks, _ = trained[best]
        sizes = networks.weights[0].detach().abs().flatten(1)
        series[f"{name}_sizes"] = torch.stack([row.quantile(share) for row in sizes])
        results[f"{name}_decay"] = [decays[best]] * len(config.seeds)
        results[f"{name}_small"] = (sizes < 0.001).float().mean(1)
        results[f"{name}_norm"] = sizes.square().sum(1).sqrt()
        results |= tested(name, networks.probabilities(images.test.unsqueeze(0)), images.test_labels)
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    return run(SMALL)
