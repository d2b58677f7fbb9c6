from dlnotes.multilayer_perceptron import multiply_adds, parameter_count

one = [784, 256, 10]
width = next(m for m in range(1, 999) if parameter_count([784, m + 1, m + 1, 10]) > parameter_count(one))
two = [784, width, width, 10]
for sizes in (one, two):
    print(f"{sizes}: {parameter_count(sizes)} parameters, {multiply_adds(sizes)} multiply-adds")
#> [784, 256, 10]: 203530 parameters, 203264 multiply-adds
#> [784, 203, 203, 10]: 202807 parameters, 202391 multiply-adds
