import torch

from dlnotes.autoencoder import principal_angles, principal_components

generator = torch.Generator().manual_seed(0)
spread = torch.tensor([3.0, 2.0, 1.0, 0.5, 0.3])
x = torch.randn(500, 5, generator=generator) * spread @ torch.linalg.qr(torch.randn(5, 5, generator=generator)).Q
x = x - x.mean(0)

encoder, decoder = torch.nn.Linear(5, 2, bias=False), torch.nn.Linear(2, 5, bias=False)
for weight in (encoder.weight, decoder.weight):
    torch.nn.init.normal_(weight, std=0.3, generator=generator)
optimizer = torch.optim.Adam([encoder.weight, decoder.weight], lr=0.02)
for _ in range(1500):
    loss = (decoder(encoder(x)) - x).square().sum(1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

best = principal_components(x, 2)
print(f"loss {loss.item():.4f}, sum of the three small variances {best.variances[2:].sum():.4f}")
#> loss 1.4667, sum of the three small variances 1.4667
angles = principal_angles(decoder.weight.detach(), best.components).rad2deg()
print(f"largest angle between the subspaces: {angles.max():.3f} degrees")
#> largest angle between the subspaces: 0.000 degrees
with torch.no_grad():
    d = decoder.weight / decoder.weight.norm(dim=0)
print(f"cosine between the decoder's two columns: {d[:, 0] @ d[:, 1]:.2f}")
#> cosine between the decoder's two columns: -0.17
