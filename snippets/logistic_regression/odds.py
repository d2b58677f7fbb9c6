import torch

from dlnotes.logistic_regression import sigmoid

z = torch.tensor([-3.0, -1.0, 0.0, 1.0, 3.0])
p = sigmoid(z)
print("p       ", p.numpy().round(4))
#> p        [0.0474 0.2689 0.5    0.7311 0.9526]
print("odds    ", (p / (1 - p)).numpy().round(4))
#> odds     [ 0.0498  0.3679  1.      2.7183 20.0855]
print("log-odds", torch.logit(p).numpy().round(4))
#> log-odds [-3. -1.  0.  1.  3.]
print("p(-z)   ", sigmoid(-z).numpy().round(4))
#> p(-z)    [0.9526 0.7311 0.5    0.2689 0.0474]

leaf = z.clone().requires_grad_()
(slope,) = torch.autograd.grad(sigmoid(leaf).sum(), leaf)
print("slope   ", slope.numpy().round(4), torch.allclose(slope, p * (1 - p)))
#> slope    [0.0452 0.1966 0.25   0.1966 0.0452] True
