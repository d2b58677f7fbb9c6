"""A small language model that reads and writes additions, character by character: 47+85=132 with the sum reversed.

A language whose best possible loss is known: the eight characters of the two numbers are a matter of chance, everything
else follows. The sums are written with the last digit first, the order in which carries arise.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlnotes.experiments import progress, record
from dlnotes.runs import Run

ALPHABET = "0123456789+="
LENGTH = 9  # characters of ab+cd=fgh


@dataclass(frozen=True)
class Config:
    width: int = 128
    heads: int = 4
    layers: int = 3
    held_out: int = 1000  # of the 10,000 additions
    steps: int = 4000
    every: int = 100  # steps between measurements
    batch: int = 512
    lr: float = 2e-3  # of AdamW, after a rise over the first twentieth it falls linearly to zero
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(width=48, layers=2, steps=900, every=75, batch=128, lr=6e-3, seeds=(0, 1, 2), device="cpu")


def additions() -> Tensor:
    """All 10,000 additions of two numbers of two digits as indices into ALPHABET, shape (10000, 9)."""
    a, b = torch.arange(10_000) // 100, torch.arange(10_000) % 100
    total = a + b
    plus, equals = torch.full_like(a, 10), torch.full_like(a, 11)
    digits = [a // 10, a % 10, plus, b // 10, b % 10, equals, total % 10, total // 10 % 10, total // 100]
    return torch.stack(digits, dim=1)


class LanguageModel(nn.Module):
    """A decoder: embeddings of characters and places, blocks of masked attention, a score for every next character."""

    def __init__(self, config: Config):
        super().__init__()
        self.characters = nn.Embedding(len(ALPHABET), config.width)
        self.places = nn.Embedding(LENGTH, config.width)
        block = nn.TransformerEncoderLayer(
            config.width, config.heads, 4 * config.width, dropout=0.0, batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(
            block, config.layers, norm=nn.LayerNorm(config.width), enable_nested_tensor=False
        )
        self.output = nn.Linear(config.width, len(ALPHABET), bias=False)

    def forward(self, text: Tensor) -> Tensor:
        """Scores of the character after each place, shape (n, length, alphabet)."""
        places = torch.arange(text.shape[1], device=text.device)
        mask = nn.Transformer.generate_square_subsequent_mask(text.shape[1], device=text.device)
        x = self.characters(text) + self.places(places)
        return self.output(self.blocks(x, mask=mask, is_causal=True))


def loss(model: nn.Module, text: Tensor) -> Tensor:
    """Cross entropy of the characters 2 … 9 given those before them, in nats a character."""
    return F.cross_entropy(model(text[:, :-1]).flatten(0, 1), text[:, 1:].flatten())


@torch.no_grad()
def completed(model: nn.Module, text: Tensor) -> Tensor:
    """Share of the additions whose sum is right when the model writes it, always taking the likeliest character."""
    written = text[:, :6]
    for _ in range(LENGTH - written.shape[1]):
        written = torch.cat([written, model(written)[:, -1:].argmax(-1)], dim=1)
    return (written == text).all(1).float().mean()


def train(config: Config, seed: int) -> tuple[list[Tensor], list[Tensor], int]:
    """Held-out loss and share of right sums, at every measurement; number of parameters."""
    torch.manual_seed(seed)
    text = additions()[torch.randperm(10_000)].to(config.device)
    held_out, text = text[: config.held_out], text[config.held_out :]
    model = LanguageModel(config).to(config.device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.lr)
    rise = config.steps // 20
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / rise, (config.steps - step) / (config.steps - rise))
    )
    losses, right = [], []
    for step in range(config.steps + 1):
        if step % config.every == 0:
            with torch.no_grad():
                losses.append(loss(model, held_out))
            right.append(completed(model, held_out))
        optimizer.zero_grad()
        loss(model, text[torch.randint(len(text), (config.batch,))]).backward()
        optimizer.step()
        schedule.step()
    return losses, right, sum(p.numel() for p in model.parameters())


def run(config: Config) -> Run:
    """Trains once per seed."""
    started = time.time()
    losses, right, sizes = zip(*(train(config, seed) for seed in progress(config.seeds, "seeds")), strict=True)
    results = {"loss": [values[-1] for values in losses], "right": [values[-1] for values in right]}
    return record(
        config,
        started,
        series={"loss": list(losses), "right": list(right), "parameters": [sizes[0]]},
        results=results,
        axes={"parameters": ["network"]},
    )


def smoke() -> Run:
    """A few steps of two seeds."""
    return run(Config(width=16, layers=1, steps=60, every=20, batch=32, seeds=(0, 1), device="cpu"))
