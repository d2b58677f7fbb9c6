import numpy as np

z = np.array([-1.0, 0.0, 1.0])
printed = np.exp(z) * np.exp(-z) / (np.exp(z) + np.exp(-z))
print("without the minus:", printed.round(4), " 1 / (2 cosh):", (1 / (2 * np.cosh(z))).round(4))
#> without the minus: [0.324 0.5   0.324]  1 / (2 cosh): [0.324 0.5   0.324]
print("with it:", ((np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))).round(4), " tanh:", np.tanh(z).round(4))
#> with it: [-0.7616  0.      0.7616]  tanh: [-0.7616  0.      0.7616]
