import torch

from dlnotes.softmax import log_softmax, logsumexp

z = torch.tensor([1000.0, 0.0])
print("log of the quotient", torch.log(z.exp() / z.exp().sum()).tolist())
#> log of the quotient [nan, -inf]
print("log_softmax        ", log_softmax(z, dim=0).tolist())
#> log_softmax         [0.0, -1000.0]

z = torch.tensor([1e6, 1e6 + 0.5])  # float32 counts in steps of 0.0625 here
print("z - lse(z) ", (z - logsumexp(z, dim=0)).tolist())
#> z - lse(z)  [-1.0, -0.5]
print("log_softmax", log_softmax(z, dim=0).numpy().round(4))
#> log_softmax [-0.9741 -0.4741]
