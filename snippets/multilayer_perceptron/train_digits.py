import torch

from dlnotes import data
from dlnotes.multilayer_perceptron import mlp

parts = [data.digits("train"), data.digits("test")]
x, y = torch.cat([images.flatten(1) for images, _ in parts]) / 16, torch.cat([labels for _, labels in parts])
generator = torch.Generator().manual_seed(0)
order = torch.randperm(len(x), generator=generator)
train, test = order[:1437], order[1437:]

weights = [0.2 * torch.randn(64, 64, generator=generator), 0.2 * torch.randn(10, 64, generator=generator)]
biases = [torch.zeros(64), torch.zeros(10)]
parameters = [parameter.requires_grad_() for parameter in weights + biases]
optimizer = torch.optim.SGD(parameters, lr=0.1, momentum=0.9)
for _ in range(20):
    shuffled = train[torch.randperm(len(train), generator=generator)]
    for batch in shuffled.split(64):
        scores = mlp(x[batch], weights, biases)  # forward
        loss = torch.nn.functional.cross_entropy(scores, y[batch])  # loss
        optimizer.zero_grad()
        loss.backward()  # gradients
        optimizer.step()  # new parameters
accuracy = (mlp(x[test], weights, biases).argmax(dim=1) == y[test]).float().mean()
print(f"test accuracy {accuracy:.3f}")
#> test accuracy 0.981
