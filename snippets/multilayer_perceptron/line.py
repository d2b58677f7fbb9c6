import torch

w, b = torch.tensor([0.8, 0.2]), torch.tensor(-0.2)
x = torch.tensor([1.0, 2.0])

z = w @ x + b
distance = z / w.norm()
foot = x - distance * w / w.norm()
print(f"z = {z:.3f}, signed distance {distance:.3f}, foot ({foot[0]:.3f}, {foot[1]:.3f}), z there {w @ foot + b:.3f}")
#> z = 1.000, signed distance 1.213, foot (-0.176, 1.706), z there 0.000
print(f"with the bias as a weight: {torch.cat([w, b[None]]) @ torch.cat([x, torch.ones(1)]):.3f}")
#> with the bias as a weight: 1.000
