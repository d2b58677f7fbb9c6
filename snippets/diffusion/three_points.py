import torch

from dlnotes.diffusion import mixture_log_density, mixture_score, posterior_mean

triangle = torch.tensor([[0.0, 1.0], [-0.9, -0.5], [0.9, -0.5]], dtype=torch.float64)
x = torch.tensor([[0.5, 0.4]], dtype=torch.float64, requires_grad=True)
for sigma in (0.1, 0.5, 2.0):
    (gradient,) = torch.autograd.grad(mixture_log_density(x, triangle, sigma).sum(), x)
    mean, score = posterior_mean(x, triangle, sigma)[0].tolist(), mixture_score(x, triangle, sigma)[0].tolist()
    print(f"sigma {sigma}: mean {mean[0]:.3f} {mean[1]:.3f}, score {score[0]:.3f} {score[1]:.3f}", end=", ")
    print("autograd agrees:", torch.allclose(gradient, mixture_score(x, triangle, sigma)))
#> sigma 0.1: mean 0.000 1.000, score -50.000 60.000, autograd agrees: True
#> sigma 0.5: mean 0.284 0.500, score -0.864 0.400, autograd agrees: True
#> sigma 2.0: mean 0.064 0.052, score -0.109 -0.087, autograd agrees: True
