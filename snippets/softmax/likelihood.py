import torch

from dlnotes.softmax import cross_entropy, softmax

z = torch.tensor([[1.0, 2.0, 3.0], [2.0, 0.5, 0.0]])  # two photographs
labels = torch.tensor([2, 0])  # a bag, a T-shirt

p = softmax(z, dim=1)[torch.arange(2), labels]
print("probabilities of the labels", p.numpy().round(4), "likelihood", round(p.prod().item(), 4))
#> probabilities of the labels [0.6652 0.7361] likelihood 0.4897
print("mean of -log p", round(-p.log().mean().item(), 4))
#> mean of -log p 0.357
print("cross entropy ", round(cross_entropy(z, labels).item(), 4))
#> cross entropy  0.357
print("torch's       ", round(torch.nn.functional.cross_entropy(z, labels).item(), 4))
#> torch's        0.357
