"""Autoencoders of Fashion-MNIST: a code of two numbers as a map, and a wider one as features of a classifier.

Runs under torchrun with several processes too. Weights are averaged over the steps (Polyak and Juditsky 1992).
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dlnotes.autoencoder import principal_components
from dlnotes.experiments import progress, record
from dlnotes.experiments._coders import Autoencoder, generators_of, squared_error
from dlnotes.experiments._engine import Process, grid, matrix_throughput, operations, process, synchronize
from dlnotes.experiments._stacked import Linear, accuracy, batches, loss, samples
from dlnotes.runs import Run

CLASSES = 10
SIDE = {"fashion_mnist": 28, "digits": 8}  # pixels


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"
    map_code: int = 2  # width of the code that is drawn as a map
    code: int = 16  # width of the code that serves as features
    hidden: tuple[int, ...] = (1024, 256)  # units of the encoder's hidden layers; the decoder's are the mirror image
    steps: int = 12000  # of AdamW
    batch: int = 512  # images a step
    lr: float = 1e-3  # at first; falls to zero along a cosine
    decay: float = 0.995  # of the average of the weights, a step
    labelled: tuple[int, ...] = (50, 200, 1000, 5000)  # images with labels for the classifier
    fits: int = 400  # full-batch steps of the classifier
    shown: int = 10  # test images that are kept with their reconstructions
    points: int = 700  # codes of test images that are kept
    precision: str = "bfloat16"  # of matrix products while training
    compiled: bool = True  # torch.compile
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(
    hidden=(192, 64), steps=2500, batch=128, lr=4e-3, labelled=(50, 200, 1000), fits=200, precision="float32",
    compiled=False, device="cpu",
)  # fmt: skip


def train(x: Tensor, code: int, config: Config, here: Process) -> tuple[Autoencoder, float]:
    """Averaged autoencoders, one a seed, and the images of all seeds that they saw a second."""
    generators = generators_of(config.seeds)
    model = Autoencoder([x.shape[1], *config.hidden, code], generators).to(here.device)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(config.decay))
    replica = here.replicate(model)
    replica = torch.compile(replica) if config.compiled else replica
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.steps)
    kind, dtype = torch.device(here.device).type, getattr(torch, config.precision)
    started = time.perf_counter()
    for rows in progress(batches(len(x), config.batch, config.steps, generators, here.device), "steps", config.steps):
        batch = x[here.share(rows.T).T]  # rows: (seeds, batch)
        with torch.autocast(kind, dtype, enabled=dtype != torch.float32):
            output = replica(batch)
        optimizer.zero_grad()
        squared_error(output.float(), batch).sum().backward()
        optimizer.step()
        schedule.step()
        average.update_parameters(model)
    synchronize(here.device)
    speed = config.steps * config.batch * len(config.seeds) / (time.perf_counter() - started)
    return average.module, speed


def operations_per_image(model: Autoencoder, x: Tensor) -> float:
    """Of one image of one seed, forward and backward."""
    seeds, count = len(model.encoder[0].weight), 4

    def work():
        squared_error(model(x[:count].expand(seeds, count, -1)), x[:count]).sum().backward()

    return operations(work) / (seeds * count)


def share_of_variance(outputs: Tensor, x: Tensor) -> Tensor:
    """The mean squared error, as a share of that of the mean image."""
    return squared_error(outputs, x) / (x - x.mean(0)).square().sum(-1).mean()


def probe(features: Tensor, labels: Tensor, test: Tensor, test_labels: Tensor, config: Config) -> dict[int, Tensor]:
    """Test accuracy of softmax regression on features, shape (seeds, n, k), by the number of labelled images."""
    generators = generators_of(config.seeds)
    orders = torch.stack([torch.randperm(features.shape[1], generator=each) for each in generators])
    orders = orders.to(features.device)
    found = {}
    for count in config.labelled:
        picked = orders[:, :count]
        x = torch.stack([each[rows] for each, rows in zip(features, picked, strict=True)])
        mean, std = x.mean(1, keepdim=True), x.std(1, keepdim=True) + 1e-3
        model = Linear(x.shape[-1], CLASSES, generators, std=0.0).to(x.device)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
        for _ in range(config.fits):
            optimizer.zero_grad()
            weights = model.weight.square().sum((-2, -1))
            (softmax_loss(model((x - mean) / std), labels[picked]) + 1e-3 * weights).sum().backward()
            optimizer.step()
        with torch.no_grad():
            found[count] = accuracy(model((test - mean) / std), test_labels)
    return found


def softmax_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross entropy of each seed, whose labels are its own, shape (seeds,)."""
    return torch.stack([loss(each, own) for each, own in zip(logits, labels, strict=True)])


def atlas(model: Autoencoder, codes: Tensor, side: int, count: int = 15) -> Tensor:
    """Pictures that the first seed's decoder makes of a lattice of codes of two numbers, as one picture."""
    low, high = codes.quantile(0.03, dim=0), codes.quantile(0.97, dim=0)
    steps = torch.linspace(0, 1, count, device=codes.device)
    down, across = torch.meshgrid(steps.flip(0), steps, indexing="ij")
    lattice = low + torch.stack([across, down], -1).reshape(-1, 2) * (high - low)
    decoded = model.decoder(lattice.expand(len(model.decoder[0].weight), -1, -1))[0]
    return grid(decoded.view(-1, side, side), count)


def run(config: Config) -> Run:
    """Trains both autoencoders and fits classifiers on codes, on principal components and on pixels."""
    started = time.time()
    with process(config.device) as here:
        x, labels = samples(config.dataset, "train", here.device)
        test, test_labels = samples(config.dataset, "test", here.device)
        side, seeds = SIDE[config.dataset], len(config.seeds)
        map_model, _ = train(x, config.map_code, config, here)
        model, speed = train(x, config.code, config, here)
        work = operations_per_image(model, x)
        peak = matrix_throughput(here.device, dtype=getattr(torch, config.precision))
        fit, map_fit = principal_components(x, config.code), principal_components(x, config.map_code)
        with torch.no_grad():
            codes = map_model.encoder(test.expand(seeds, -1, -1))
            outputs = model(test.expand(seeds, -1, -1))
            shown = [
                test[: config.shown],
                outputs[0, : config.shown],
                fit.decode(fit.encode(test[: config.shown])),
                map_model(test[: config.shown].expand(seeds, -1, -1))[0],
                map_fit.decode(map_fit.encode(test[: config.shown])),
            ]
            results = {
                "map_error": share_of_variance(map_model(test.expand(seeds, -1, -1)), test),
                "error": share_of_variance(outputs, test),
                "pca_map_error": share_of_variance(map_fit.decode(map_fit.encode(test)), test).expand(seeds),
                "pca_error": share_of_variance(fit.decode(fit.encode(test)), test).expand(seeds),
                "images_per_second": torch.full((seeds,), speed),
                "matrix_share": torch.full((seeds,), speed * work / (here.count * peak)),
            }
            features = {
                "code": (model.encoder(x.expand(seeds, -1, -1)), model.encoder(test.expand(seeds, -1, -1))),
                "pca": (fit.encode(x).expand(seeds, -1, -1), fit.encode(test).expand(seeds, -1, -1)),
                "pixels": (x.expand(seeds, -1, -1), test.expand(seeds, -1, -1)),
            }
        accuracies = {name: probe(some, labels, other, test_labels, config) for name, (some, other) in features.items()}
    for name, found in accuracies.items():
        results |= {f"{name}_{count}": values for count, values in found.items()}
    return record(
        config,
        started,
        series={
            "codes": (codes[0, : config.points] * 100).round() / 100,
            "labels": test_labels[: config.points],
            **{f"accuracy_{name}": torch.stack([*found.values()], 1) for name, found in accuracies.items()},
        },
        results=results,
        axes={"codes": ["image", "number"], "labels": ["image"]},
        data=config.dataset,
        images={
            "reconstructions": grid(torch.cat(shown).view(-1, side, side), config.shown),
            "atlas": atlas(map_model, codes[0], side),
        },
    )


def smoke() -> Run:
    """Digits, few steps, two seeds."""
    return run(
        Config(
            dataset="digits", hidden=(16, 8), code=3, steps=4, batch=16, labelled=(20, 40), fits=5, shown=3, points=8,
            precision="float32", compiled=False, seeds=(0, 1), device="cpu",
        )
    )  # fmt: skip
