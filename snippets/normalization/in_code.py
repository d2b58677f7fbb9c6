import torch
from torch import nn

from dlnotes.data import digits
from dlnotes.normalization import BatchNorm1d

torch.manual_seed(0)
network = nn.Sequential(
    *(nn.Linear(64, 32, bias=False), BatchNorm1d(32), nn.ReLU()),
    *(nn.Linear(32, 32, bias=False), BatchNorm1d(32), nn.ReLU()),
    nn.Linear(32, 10),
)
(images, labels), (test_images, test_labels) = digits("train"), digits("test")
x, test_x = images.flatten(1) / 16, test_images.flatten(1) / 16
optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
for _ in range(10):
    for index in torch.randperm(len(x)).split(64)[:-1]:  # no incomplete batch
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(x[index]), labels[index]).backward()
        optimizer.step()

network.eval()  # from here on the running statistics
accuracy = (network(test_x).argmax(dim=1) == test_labels).double().mean()
print(f"test accuracy {accuracy:.3f}")
#> test accuracy 0.922
one_by_one = torch.cat([network(sample[None]) for sample in test_x])
same = torch.allclose(one_by_one, network(test_x), atol=1e-5)
print("one by one the same:", same)
#> one by one the same: True
