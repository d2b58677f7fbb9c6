import torch

from dlnotes.diffusion import noise_levels, ode_step, posterior_mean, sample, sde_step

data = torch.tensor([[-1.0], [1.0]], dtype=torch.float64)
generator = torch.Generator().manual_seed(0)
origin = data[torch.randint(2, (2000,), generator=generator)]
x = origin + 3.0 * torch.randn(2000, 1, generator=generator, dtype=torch.float64)
levels = noise_levels(3.0, 0.01, 100)
for name, step in {"SDE": sde_step, "ODE": ode_step}.items():
    back = sample(step, lambda x, sigma: posterior_mean(x, data, sigma), x, levels, generator)
    returned = (back.sign() == origin.sign()).double().mean()
    print(f"{name}: {returned:.2f} of the particles are back, {(back > 0).double().mean():.2f} end on the right")
#> SDE: 0.54 of the particles are back, 0.51 end on the right
#> ODE: 0.62 of the particles are back, 0.51 end on the right
