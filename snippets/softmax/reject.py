import torch

torch.manual_seed(0)
posteriors = torch.distributions.Dirichlet(torch.ones(3))
a = posteriors.sample((200_000,))
truth = torch.multinomial(a, 1).squeeze(1)  # labels drawn from them
error = (a.argmax(dim=1) != truth).float()

cost = 0.3  # of passing a sample on to a person; a mistake costs 1
for threshold in (0.0, 0.5, 0.6, 0.7, 0.8, 0.9):
    rejected = a.amax(dim=1) < threshold
    risk = torch.where(rejected, cost, error).mean()
    share = rejected.float().mean()
    print(f"threshold {threshold}: rejected {share:.2f}, mean cost {risk:.3f}")
#> threshold 0.0: rejected 0.00, mean cost 0.392
#> threshold 0.5: rejected 0.25, mean cost 0.327
#> threshold 0.6: rejected 0.52, mean cost 0.286
#> threshold 0.7: rejected 0.73, mean cost 0.274
#> threshold 0.8: rejected 0.88, mean cost 0.280
#> threshold 0.9: rejected 0.97, mean cost 0.293
