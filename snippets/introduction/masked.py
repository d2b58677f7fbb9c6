import torch

generator = torch.Generator().manual_seed(0)
tokens = 1_000_000
selected = torch.rand(tokens, generator=generator) < 0.15
u = torch.rand(tokens, generator=generator)
for what, share in (("hidden", u < 0.8), ("replaced", (u >= 0.8) & (u < 0.9)), ("left as it is", u >= 0.9)):
    print(f"{what}: {(selected & share).float().mean():.3f} of all tokens; each still has a target: the original")
    #> hidden: 0.119 of all tokens; each still has a target: the original
    #> replaced: 0.015 of all tokens; each still has a target: the original
    #> left as it is: 0.015 of all tokens; each still has a target: the original
