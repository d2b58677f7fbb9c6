import math

from torch import tensor

from dlnotes import check
from dlnotes.multilayer_perceptron import silu

z = -1.0
for _ in range(50):  # z = -1 - exp(z), by repeated substitution
    z = -1 - math.exp(z)
print(f"lowest at z = {z:.4f}, value there {silu(tensor(z)):.4f}, z + 1 = {z + 1:.4f}")
#> lowest at z = -1.2785, value there -0.2785, z + 1 = -0.2785
check("multilayer_perceptron.6", (z, z + 1))
#> multilayer_perceptron.6: right.
