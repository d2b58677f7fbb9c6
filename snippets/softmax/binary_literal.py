from math import log


def binary_cross_entropy(p, y):
    return -(y * log(p) + (1 - y) * log(1 - p))


p, y = 0.9, 0  # the model says class 1 with 90 %, but the label is 0
likelihood = p**y * (1 - p) ** (1 - y)

print(f"with P(y | x) put in     {binary_cross_entropy(likelihood, y):.4f}")
#> with P(y | x) put in     0.1054
print(f"with p = P(y = 1 | x)    {binary_cross_entropy(p, y):.4f}")
#> with p = P(y = 1 | x)    2.3026
print(f"minus log-likelihood     {-log(likelihood):.4f}")
#> minus log-likelihood     2.3026
