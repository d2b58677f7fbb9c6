import torch

from dlnotes.introduction import bootstrap_interval
from dlnotes.runs import load

run = load("introduction_seeds")
narrow, wide, difference = (torch.tensor(run.result(name)) for name in ("narrow", "wide", "difference"))
for name, values in (("narrow", narrow), ("wide", wide), ("difference", difference)):
    error = values.std() / len(values) ** 0.5
    low, high = bootstrap_interval(values, generator=torch.Generator().manual_seed(0))
    print(f"{name}: {values.mean():.4f}, standard error {error:.4f}, 95 % interval {low:.4f} to {high:.4f}")
    #> narrow: 0.9072, standard error 0.0019, 95 % interval 0.9036 to 0.9106
    #> wide: 0.9119, standard error 0.0014, 95 % interval 0.9092 to 0.9146
    #> difference: 0.0047, standard error 0.0028, 95 % interval -0.0003 to 0.0100

unshared = (narrow.var() / len(narrow) + wide.var() / len(wide)) ** 0.5
print(f"standard error of the difference, were the runs independent: {unshared:.4f}")
#> standard error of the difference, were the runs independent: 0.0023
