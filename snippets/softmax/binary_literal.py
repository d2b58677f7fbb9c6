from math import log

p, y = 0.9, 0  # the model says class 1 with 90 %, but the label is 0
likelihood = p**y * (1 - p) ** (1 - y)

print("with P(y | x) put in:    ", round(-(y * log(likelihood) + (1 - y) * log(1 - likelihood)), 4))
#> with P(y | x) put in:     0.1054
print("with p = P(y = 1 | x):   ", round(-(y * log(p) + (1 - y) * log(1 - p)), 4))
#> with p = P(y = 1 | x):    2.3026
print("minus log-likelihood:    ", round(-log(likelihood), 4))
#> minus log-likelihood:     2.3026
