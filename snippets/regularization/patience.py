"""Stopping at the first rise of a noisy validation error, and with patience; 500
curves of one true course."""

import torch

from dlnotes.regularization import EarlyStopping

generator = torch.Generator().manual_seed(0)
epoch = torch.arange(400)
true = torch.exp(-epoch / 40) + 0.0015 * epoch
measured = true + 0.02 * torch.randn(500, 400, generator=generator)
print(f"lowest true error {true.min():.3f} at epoch {true.argmin()}")
#> lowest true error 0.229 at epoch 113
for patience in (1, 5, 20, 50):
    kept, run_for = [], []
    for curve in measured.tolist():
        stopping = EarlyStopping(patience)
        for error in curve:
            stopping.step(error)
            if stopping.stop:
                break
        kept.append(stopping.best_epoch)
        run_for.append(stopping.best_epoch + patience)
    kept, run_for = torch.tensor(kept), torch.tensor(run_for)
    print(f"patience {patience:2d}: keeps epoch {kept.median()}, excess {(true[kept] - true.min()).mean():.4f}, "
          f"trains for {run_for.median()}")  # fmt: skip
#> patience  1: keeps epoch 2, excess 0.7109, trains for 3
#> patience  5: keeps epoch 53, excess 0.1326, trains for 58
#> patience 20: keeps epoch 103, excess 0.0063, trains for 123
#> patience 50: keeps epoch 114, excess 0.0040, trains for 164
