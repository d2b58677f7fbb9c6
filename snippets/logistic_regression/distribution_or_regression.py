import torch

torch.manual_seed(0)
x = torch.tensor([-2.0, 0.0, 2.0], dtype=torch.float64)

u = torch.rand(200_000, 3, dtype=torch.float64)
logistic_noise = torch.logit(u)  # logistic distribution: any real number
label = (x + logistic_noise > 0).double()  # logistic regression: 0 or 1

print("values of the noise, some:", logistic_noise[0].numpy().round(2))
#> values of the noise, some: [ 3.48  0.88 -0.16]
print("values of the label:", label.unique().tolist())
#> values of the label: [0.0, 1.0]
print("P(label = 1 | x):", label.mean(0).numpy().round(2))
#> P(label = 1 | x): [0.12 0.5  0.88]
print("sigmoid(x):      ", torch.sigmoid(x).numpy().round(2))
#> sigmoid(x):       [0.12 0.5  0.88]
print(f"variance of the noise {logistic_noise.var():.1f}, of a label {label[:, 1].var():.2f}")
#> variance of the noise 3.3, of a label 0.25
