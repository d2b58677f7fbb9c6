import torch

from dlnotes.autoencoder import voice

content = torch.tensor([1.3, 0.4])  # pitch and glide
flute, oboe = torch.tensor([1.0, 0.1, 0.0, 0.0]), torch.tensor([0.3, 0.5, 0.7, 0.4])

by_flute, by_oboe = voice(content, flute), voice(content, oboe)
basis = voice(content.expand(4, 2), torch.eye(4))  # this content, each harmonic alone
measured = torch.linalg.lstsq(basis.T, by_flute[:, None]).solution[:, 0]
print("timbre heard, the content being known:", [round(value, 3) for value in measured.tolist()])
#> timbre heard, the content being known: [1.0, 0.1, -0.0, -0.0]
converted = voice(content, oboe)
print(f"error of the swap: {(converted - by_oboe).square().sum():.4f}")
#> error of the swap: 0.0000
