"""Clipping by norm keeps the direction of the gradient, clipping by value does
not; both shift its mean."""

import torch
from torch.nn.functional import cosine_similarity

from dlnotes.gradient_descent import clip_grad_norm_, clip_grad_value_

g = torch.tensor([30.0, 0.4])
for name, clip in (("norm", clip_grad_norm_), ("value", clip_grad_value_)):
    w = torch.zeros(2, requires_grad=True)
    w.grad = g.clone()
    clip(w, 1.0)
    cosine = cosine_similarity(g, w.grad, dim=0)
    print(f"by {name}: {[round(v, 4) for v in w.grad.tolist()]}, cosine {cosine:.4f}")
#> by norm: [0.9999, 0.0133], cosine 1.0000
#> by value: [1.0, 0.4], cosine 0.9333

torch.manual_seed(0)
# gradients with mean 1 and heavy tails
noisy = 1 + torch.distributions.StudentT(1.5).sample((200_000,))
print(f"mean of the clipped gradients {noisy.clamp(-1, 1).mean():.2f}")
#> mean of the clipped gradients 0.49
