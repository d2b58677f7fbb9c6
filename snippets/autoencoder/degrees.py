import torch

from dlnotes.autoencoder import principal_components

generator = torch.Generator().manual_seed(0)
factors = torch.randn(10_000, 4, generator=generator, dtype=torch.float64)
images = factors @ torch.randn(4, 25, generator=generator, dtype=torch.float64)  # 5 × 5 pixels each

print("different images:", len(images.unique(dim=0)))
#> different images: 10000
variances = principal_components(images, 4).variances
for k in (2, 3, 4):
    lost = (variances[k:].sum() / variances.sum()).sqrt()
    print(f"code of {k} numbers: relative error {lost:.3f}")
#> code of 2 numbers: relative error 0.508
#> code of 3 numbers: relative error 0.271
#> code of 4 numbers: relative error 0.000
print("black-and-white images of 25 pixels:", 2**25)
#> black-and-white images of 25 pixels: 33554432
