import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
image, sound, words = torch.randn(2, 3, 16, 16), torch.randn(2, 1, 160), torch.randint(50, (2, 7))
state = torch.randn(2, 4)
tasks = {
    "label an image": (image, nn.Sequential(nn.Flatten(), nn.Linear(768, 10)), (2, 10)),
    "label every pixel": (image, nn.Conv2d(3, 5, 3, padding=1), (2, 5, 16, 16)),
    "label a sound": (sound, nn.Sequential(nn.Conv1d(1, 8, 9), nn.AdaptiveAvgPool1d(1), nn.Flatten()), (2, 8)),
    "next word": (words, nn.Sequential(nn.Embedding(50, 8), nn.Linear(8, 50)), (2, 7, 50)),
    "act in a game": (state, nn.Linear(4, 2), (2, 2)),
    "remove noise": (image, nn.Conv2d(3, 3, 3, padding=1), (2, 3, 16, 16)),
}
for task, (x, model, shape) in tasks.items():
    assert model(x).shape == shape, task
    print(f"{task}: {tuple(x.shape)} -> {shape}")
    #> label an image: (2, 3, 16, 16) -> (2, 10)
    #> label every pixel: (2, 3, 16, 16) -> (2, 5, 16, 16)
    #> label a sound: (2, 1, 160) -> (2, 8)
    #> next word: (2, 7) -> (2, 7, 50)
    #> act in a game: (2, 4) -> (2, 2)
    #> remove noise: (2, 3, 16, 16) -> (2, 3, 16, 16)

labels = torch.randint(10, (2,))
print(f"loss of a label: {F.cross_entropy(tasks['label an image'][1](image), labels):.2f} nats")
#> loss of a label: 2.50 nats
