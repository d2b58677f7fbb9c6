import torch
from torch.distributions import Laplace, Normal

torch.manual_seed(0)
x = Laplace(3.0, 1.0).sample((1000,))

# maximum likelihood within a family: first choose the family, then its parameters
normal = Normal(x.mean(), x.std(correction=0))
laplace = Laplace(x.median(), (x - x.median()).abs().mean())
for name, fitted in (("normal", normal), ("Laplace", laplace)):
    print(f"{name}: mean log-likelihood {fitted.log_prob(x).mean():.3f} nats")
#> normal: mean log-likelihood -1.852 nats
#> Laplace: mean log-likelihood -1.749 nats
