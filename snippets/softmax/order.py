import torch

z = torch.tensor([1.0, 2.0, 3.0])
listed = torch.tensor([0.09003057, 0.66524096, 0.24472847])
a = torch.softmax(z, dim=0)

print("ranking of the scores  ", z.argsort().tolist())
#> ranking of the scores   [0, 1, 2]
print("of the listed numbers  ", listed.argsort().tolist())
#> of the listed numbers   [0, 2, 1]
print("of the true softmax    ", a.argsort().tolist(), a.numpy().round(4))
#> of the true softmax     [0, 1, 2] [0.09   0.2447 0.6652]
