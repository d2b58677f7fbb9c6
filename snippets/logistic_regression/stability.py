import torch
from torch.nn.functional import binary_cross_entropy

from dlnotes.logistic_regression import binary_cross_entropy_with_logits, logsigmoid

z = torch.tensor([-1000.0, 1000.0])
print("log of the quotient", torch.log(torch.exp(z) / (1 + torch.exp(z))).tolist())
#> log of the quotient [-inf, nan]
print("logsigmoid         ", logsigmoid(z).tolist())
#> logsigmoid          [-1000.0, -0.0]

y = torch.tensor(1.0)
for value in (-20.0, -40.0, -60.0, -200.0):
    z = torch.tensor(value, requires_grad=True)
    by_probability = binary_cross_entropy(torch.sigmoid(z), y)  # torch's, of a probability
    by_logit = binary_cross_entropy_with_logits(z, y)
    a, b = (torch.autograd.grad(loss, z)[0].item() for loss in (by_probability, by_logit))
    print(f"z = {value:6.1f}: loss {by_probability:.1f}, {by_logit:.1f}, slope {a:.1e}, {b:.1f}")
#> z =  -20.0: loss 20.0, 20.0, slope -1.0e+00, -1.0
#> z =  -40.0: loss 40.0, 40.0, slope -4.2e-06, -1.0
#> z =  -60.0: loss 60.0, 60.0, slope -8.8e-15, -1.0
#> z = -200.0: loss 100.0, 200.0, slope -0.0e+00, -1.0
