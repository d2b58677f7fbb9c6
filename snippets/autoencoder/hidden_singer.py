import torch

content = torch.rand(10_000, generator=torch.Generator().manual_seed(0))  # what is said
singer = torch.randint(2, (10_000,), generator=torch.Generator().manual_seed(1))

# An encoder that reads the content forwards for one singer and backwards for the other …
code = torch.where(singer == 0, content, 1 - content)
# … and a decoder that is told the singer.
decoded = torch.where(singer == 0, code, 1 - code)
other = torch.where(1 - singer == 0, code, 1 - code)

print(f"error with the own singer   {(decoded - content).square().mean():.3f}")
#> error with the own singer   0.000
print(f"error with the other singer {(other - content).square().mean():.3f}")
#> error with the other singer 0.332
means = [code[singer == s].mean().item() for s in (0, 1)]
print(f"mean code of the singers    {means[0]:.2f} {means[1]:.2f}")
#> mean code of the singers    0.50 0.50
