import torch

from dlnotes import check

p = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
q = torch.tensor([0.1, 0.6, 0.3], dtype=torch.float64)
share = 0.25
logit = torch.zeros(3, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.LBFGS([logit], max_iter=100, tolerance_grad=1e-12)


def closure():
    optimizer.zero_grad()
    D = torch.sigmoid(logit)
    loss = -(share * p * D.log() + (1 - share) * q * (1 - D).log()).sum()
    loss.backward()
    return loss


optimizer.step(closure)
print("minimised:", [round(v, 4) for v in torch.sigmoid(logit).tolist()])
#> minimised: [0.625, 0.1428, 0.1818]
print("formula:  ", [round(v, 4) for v in (share * p / (share * p + (1 - share) * q)).tolist()])
#> formula:   [0.625, 0.1429, 0.1818]
check("gan.1", lambda p, q, share: share * p / (share * p + (1 - share) * q))
#> gan.1: right. It agrees with the reference on all 20 inputs.
