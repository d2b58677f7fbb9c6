import torch

from dlnotes.softmax import cross_entropy, softmax

z = torch.tensor([[1.0, 2.0, 3.0], [2.0, 0.5, 0.0]])  # two photographs
labels = torch.tensor([2, 0])  # a bag, a coat

p = softmax(z, dim=1)[torch.arange(2), labels]
print("probabilities of the labels", p.numpy().round(4))
#> probabilities of the labels [0.6652 0.7361]
print(f"likelihood      {p.prod():.4f}")
#> likelihood      0.4897
print(f"mean of -log p  {-p.log().mean():.4f}")
#> mean of -log p  0.3570
print(f"cross entropy   {cross_entropy(z, labels):.4f}")
#> cross entropy   0.3570
print(f"torch's         {torch.nn.functional.cross_entropy(z, labels):.4f}")
#> torch's         0.3570
