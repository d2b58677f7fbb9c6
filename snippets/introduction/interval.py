import torch

from dlnotes.introduction import bootstrap_interval
from dlnotes.runs import load

run = load("introduction_seeds")
narrow, wide, difference = (torch.tensor(run.result(name)) for name in ("narrow", "wide", "difference"))
for name, values in (("narrow", narrow), ("wide", wide), ("difference", difference)):
    error = values.std() / len(values) ** 0.5
    low, high = bootstrap_interval(values, generator=torch.Generator().manual_seed(0))
    print(f"{name}: {values.mean():.4f}, standard error {error:.4f}, 95 % interval {low:.4f} to {high:.4f}")
    #>
