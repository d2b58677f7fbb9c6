"""He's weights in x @ w with w of shape (in, out): the fans are taken for each
other."""

import torch
from torch.nn.init import kaiming_normal_

torch.manual_seed(0)
x = torch.randn(2000, 500)
w = torch.empty(500, 50)
wrong = torch.relu(x @ kaiming_normal_(w, nonlinearity="relu"))
kaiming_normal_(w.T, nonlinearity="relu")  # the transpose shares w's memory
right = torch.relu(x @ w)
found, wanted = wrong.square().mean(), right.square().mean()
print(f"mean square: {found:.1f} instead of {wanted:.1f}")
#> mean square: 9.9 instead of 1.0
