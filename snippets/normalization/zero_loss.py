"""Labels that are right in 70 % of the cases. How low can the loss be, however
well the inputs are scaled?"""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

torch.manual_seed(0)
x = torch.randn(20_000)  # standardised already
is_right = torch.rand(20_000) < 0.7
y = (is_right == (x > 0)).float()

log_odds = torch.tensor(0.7 / 0.3).log()
truth = torch.where(x > 0, log_odds, -log_odds)
loss = binary_cross_entropy_with_logits(truth, y)
print(f"loss of the true probabilities {loss:.3f} nats")
#> loss of the true probabilities 0.613 nats
p = torch.tensor([0.7, 0.3])
print(f"entropy of a label given x {-(p * p.log()).sum():.3f} nats")
#> entropy of a label given x 0.611 nats
