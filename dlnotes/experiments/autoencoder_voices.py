"""Singers exchange their voices: content from the encoder, the singer as a label, and what a few duets change."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from dlnotes.autoencoder import voice
from dlnotes.experiments import progress, record
from dlnotes.experiments._coders import generators_of, perceptron, squared_error
from dlnotes.experiments._stacked import Linear, accuracy, loss
from dlnotes.runs import Run

LENGTH = 64  # samples of a signal
METHODS = ("labels", "duets")


@dataclass(frozen=True)
class Config:
    codes: tuple[int, ...] = (1, 2, 3, 4, 8, 16)  # widths of the content code
    singers: int = 4
    harmonics: int = 4
    hidden: int = 256  # units of the two hidden layers of encoder and decoder
    steps: int = 6000  # of Adam
    batch: int = 256  # fresh signals a step
    duets: int = 64  # songs of which there is a recording by every singer
    lr: float = 2e-3  # at first; falls to zero along a cosine
    test: int = 1024  # songs for measuring
    fits: int = 200  # full-batch steps of the classifier that listens to the codes
    kept: int = 3  # width of the code whose signals are kept
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(codes=(1, 2, 3, 8), hidden=96, steps=1500, batch=128, device="cpu")


class Converter(nn.Module):
    """Content code from a signal; a signal from a content code and a singer. One network a seed."""

    def __init__(self, code: int, config: Config, generators: list[torch.Generator]):
        super().__init__()
        self.singers = config.singers
        self.encoder = perceptron([LENGTH, config.hidden, config.hidden, code], generators)
        self.decoder = perceptron([code + config.singers, config.hidden, config.hidden, LENGTH], generators)

    def sing(self, code: Tensor, singer: Tensor) -> Tensor:
        return self.decoder(torch.cat([code, one_hot(singer, self.singers).to(code)], dim=-1))

    def forward(self, signal: Tensor, singer: Tensor) -> Tensor:
        return self.sing(self.encoder(signal), singer)


def timbres(config: Config, generators: list[torch.Generator]) -> Tensor:
    """Amplitudes of the harmonics of every singer, of length 1, shape (seeds, singers, harmonics)."""
    drawn = torch.stack([torch.randn(config.singers, config.harmonics, generator=each) for each in generators])
    return drawn / drawn.norm(dim=-1, keepdim=True)


def songs(count: int, generators: list[torch.Generator]) -> Tensor:
    """Contents: a pitch of 1 to 2 cycles and a glide of at most half a cycle, shape (seeds, count, 2)."""
    drawn = torch.stack([torch.rand(count, 2, generator=each) for each in generators])
    return drawn + torch.tensor([1.0, -0.5])


def choose(singers: int, count: int, generators: list[torch.Generator]) -> Tensor:
    return torch.stack([torch.randint(singers, (count,), generator=each) for each in generators])


def sung(content: Tensor, singer: Tensor, voices: Tensor) -> Tensor:
    """Signals of contents (seeds, n, 2) by singers (seeds, n)."""
    return voice(content, torch.stack([own[who] for own, who in zip(voices, singer, strict=True)]), LENGTH)


def train(code: int, method: str, voices: Tensor, config: Config) -> Converter:
    """Every signal is to be sung again by its own singer; with duets, also by another who has sung the same."""
    generators = generators_of(config.seeds)
    model = Converter(code, config, generators).to(config.device)
    duets = songs(config.duets, generators)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.steps)
    for _ in range(config.steps):
        content = songs(config.batch, generators)
        source = target = choose(config.singers, config.batch, generators)
        if method == "duets":  # half of the batch
            half = config.batch // 2
            known = choose(config.duets, half, generators)
            repeated = torch.stack([own[rows] for own, rows in zip(duets, known, strict=True)])
            content = torch.cat([content[:, half:], repeated], dim=1)
            target = torch.cat([source[:, : config.batch - half], choose(config.singers, half, generators)], dim=1)
        given, wanted = (sung(content, who, voices).to(config.device) for who in (source, target))
        optimizer.zero_grad()
        squared_error(model(given, target.to(config.device)), wanted).sum().backward()
        optimizer.step()
        schedule.step()
    return model


def heard(codes: Tensor, singer: Tensor, config: Config) -> Tensor:
    """How often a network with one hidden layer tells the singer from the code, on the half that it has not seen."""
    generators = generators_of(config.seeds)
    half = codes.shape[1] // 2
    x = (codes - codes.mean(1, keepdim=True)) / (codes.std(1, keepdim=True) + 1e-6)
    hidden = Linear(codes.shape[-1], 64, generators)
    model = nn.Sequential(hidden, nn.GELU(), Linear(64, config.singers, generators)).to(codes.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(config.fits):
        logits = model(x[:, :half])
        optimizer.zero_grad()
        sum(loss(each, own) for each, own in zip(logits, singer[:, :half], strict=True)).backward()
        optimizer.step()
    with torch.no_grad():
        return accuracy(model(x[:, half:]), singer[:, half:])


def run(config: Config) -> Run:
    """Errors of the own voice and of another's, and how well the singer is heard in the code."""
    started = time.time()
    voices = timbres(config, generators_of(config.seeds))
    draw = generators_of(tuple(seed + 1000 for seed in config.seeds))  # new songs
    content, source = songs(config.test, draw), choose(config.singers, config.test, draw)
    target = (source + 1) % config.singers
    x, swapped = (sung(content, who, voices).to(config.device) for who in (source, target))
    source, target = source.to(config.device), target.to(config.device)
    energy = squared_error(torch.zeros_like(x), x), squared_error(torch.zeros_like(swapped), swapped)
    series, results, kept = {}, {}, {"source": x[0, 0], "target": swapped[0, 0]}
    for method in METHODS:
        own, other, told = [], [], []
        for code in progress(config.codes, method):
            model = train(code, method, voices, config)
            with torch.no_grad():
                codes = model.encoder(x)
                conversion = model.sing(codes, target)
                own.append(squared_error(model.sing(codes, source), x) / energy[0])
                other.append(squared_error(conversion, swapped) / energy[1])
            told.append(heard(codes, source, config))
            results |= {f"{method}_own_{code}": own[-1], f"{method}_other_{code}": other[-1]}
            results[f"{method}_heard_{code}"] = told[-1]
            if code == config.kept:
                kept[method] = conversion[0, 0]
        measured = {"own": own, "other": other, "heard": told}
        series |= {f"{method}_{name}": torch.stack(values, 1) for name, values in measured.items()}
    return record(
        config,
        started,
        series=series | kept,
        results=results,
        axes={name: ["sample"] for name in kept},
    )


def smoke() -> Run:
    """Two widths of the code, few steps, two seeds."""
    return run(Config(codes=(2, 3), hidden=8, steps=3, batch=8, duets=4, test=16, fits=3, seeds=(0, 1), device="cpu"))
