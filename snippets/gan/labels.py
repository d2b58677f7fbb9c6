import torch

generator = torch.Generator().manual_seed(0)
classes = (torch.rand(100_000, generator=generator) < 0.3).long()  # class 1 has probability 0.3
x = 2.0 * classes + torch.randn(100_000, generator=generator)
near = (x - 0.5).abs() < 0.05
joint = torch.stack([(near & (classes == c)).float().mean() / 0.1 for c in (0, 1)])

print("p(x, C) at x = 0.5:", [round(v, 3) for v in joint.tolist()], "sum", round(joint.sum().item(), 3))
#> p(x, C) at x = 0.5: [0.246, 0.04] sum 0.285
print("p(C | x), for which the labels were needed:", [round(v, 3) for v in (joint / joint.sum()).tolist()])
#> p(C | x), for which the labels were needed: [0.861, 0.139]
