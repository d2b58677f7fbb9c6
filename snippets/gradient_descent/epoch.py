"""Ten samples in minibatches of three: the last one is smaller, and the order
is new in every epoch."""

import torch

from dlnotes.gradient_descent import minibatches

generator = torch.Generator().manual_seed(0)
for epoch in (1, 2):
    batches = minibatches(10, 3, generator)
    print(f"epoch {epoch}:", [batch.tolist() for batch in batches])
#> epoch 1: [[4, 1, 7], [5, 3, 9], [0, 8, 6], [2]]
#> epoch 2: [[3, 9, 4], [2, 7, 8], [6, 0, 5], [1]]

losses = torch.arange(10.0)  # of the samples, say
batches = minibatches(10, 3, generator)
batch_means = torch.stack([losses[batch].mean() for batch in batches])
print(f"mean of the losses {losses.mean():.3f}, of the batch means {batch_means.mean():.3f}")
#> mean of the losses 4.500, of the batch means 4.083
