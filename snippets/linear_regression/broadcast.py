import warnings

import torch

from dlnotes import linear_regression

warnings.simplefilter("ignore")  # torch warns of the two sizes, on stderr
prediction, target = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([1.0, 2.0, 3.0])

print("torch:", torch.nn.functional.mse_loss(prediction, target).item())
#> torch: 1.3333333730697632
print("torch, with squeeze:", torch.nn.functional.mse_loss(prediction.squeeze(1), target).item())
#> torch, with squeeze: 0.0
try:
    linear_regression.mse_loss(prediction, target)
except ValueError as error:
    print(error)
    #> input and target must have one shape, got (3, 1) and (3,); reshape one of them, for instance with squeeze(-1)
