import torch
from torch.distributions import Normal

from dlnotes.data import PENGUIN_SPECIES, penguins
from dlnotes.logistic_regression import bernoulli_mle, gaussian_mle

measurements, species = penguins()
is_gentoo = species == PENGUIN_SPECIES.index("Gentoo")
is_adelie = species == PENGUIN_SPECIES.index("Adelie")
mass = measurements[is_gentoo, 3] / 1000  # kg

theta = bernoulli_mle(is_gentoo[is_gentoo | is_adelie].double())
print(f"share of gentoos {theta:.4f}")
#> share of gentoos 0.4489
mean, variance = gaussian_mle(mass)
print(f"closed form: mean {mean:.4f} kg, variance {variance:.4f} kg^2")
#> closed form: mean 5.0760 kg, variance 0.2521 kg^2

# the same by a numerical optimiser, in the mean and the logarithm of the variance
params = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
optimiser = torch.optim.LBFGS([params], max_iter=200, tolerance_change=1e-14, line_search_fn="strong_wolfe")


def negative_log_likelihood():
    optimiser.zero_grad()
    loss = -Normal(params[0], params[1].exp().sqrt()).log_prob(mass).mean()
    loss.backward()
    return loss


optimiser.step(negative_log_likelihood)
print(f"optimiser:   mean {params[0]:.4f} kg, variance {params[1].exp():.4f} kg^2")
#> optimiser:   mean 5.0760 kg, variance 0.2521 kg^2
