import warnings

import torch

from dlnotes import linear_regression

warnings.simplefilter("ignore")  # torch warns of the two sizes, on stderr
prediction, target = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([1.0, 2.0, 3.0])

print("torch:", torch.nn.functional.mse_loss(prediction, target).item())
#>
print("torch, with squeeze:", torch.nn.functional.mse_loss(prediction.squeeze(1), target).item())
#>
try:
    linear_regression.mse_loss(prediction, target)
except ValueError as error:
    print(error)
    #>
