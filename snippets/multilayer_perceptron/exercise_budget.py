from math import sqrt

from dlnotes import check
from dlnotes.multilayer_perceptron import multiply_adds, parameter_count

one = [784, 256, 10]
width = next(m for m in range(1, 999) if parameter_count([784, m + 1, m + 1, 10]) > parameter_count(one))
two = [784, width, width, 10]
for sizes in (one, two):
    print(f"{sizes}: {parameter_count(sizes)} parameters, {multiply_adds(sizes)} multiply-adds")
#> [784, 256, 10]: 203530 parameters, 203264 multiply-adds
#> [784, 203, 203, 10]: 202807 parameters, 202391 multiply-adds


def widest(inputs, width, classes):
    """The root of m² + (inputs + classes + 2) m = (inputs + classes + 1) width, rounded down."""
    half, budget = (inputs + classes + 2) / 2, (inputs + classes + 1) * width
    return int(sqrt(half**2 + budget) - half)


check("multilayer_perceptron.8", widest)
#> multilayer_perceptron.8: right. It agrees with the reference on all 20 inputs.
