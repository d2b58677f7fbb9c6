import torch

from dlnotes.autoencoder import principal_components

generator = torch.Generator().manual_seed(0)
factors = torch.randn(10_000, 4, generator=generator, dtype=torch.float64)
images = factors @ torch.randn(4, 25, generator=generator, dtype=torch.float64)  # 5 × 5 pixels each

print("different images:", len(images.unique(dim=0)))
#>
variances = principal_components(images, 4).variances
for k in (2, 3, 4):
    lost = (variances[k:].sum() / variances.sum()).sqrt()
    print(f"code of {k} numbers: relative error {lost:.3f}")
#>
print("black-and-white images of 25 pixels:", 2**25)
#>
