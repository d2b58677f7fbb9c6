from itertools import pairwise

sizes = [784, 256, 128, 10]
samples = 256
products = [o * i for i, o in pairwise(sizes)]  # multiply-adds of one sample in each layer

forward = 2 * samples * sum(products)
backward = 4 * samples * sum(products) - 2 * samples * products[0]  # no signal is sent to the input
print(f"parameters {sum(products) + sum(sizes[1:])}")
#> parameters 235146
print(f"forward {forward / 1e6:.1f} MFLOP, backward {backward / 1e6:.1f} MFLOP, ratio {backward / forward:.2f}")
#> forward 120.2 MFLOP, backward 137.6 MFLOP, ratio 1.15
print(f"numbers kept for the backward pass {samples * sum(sizes)}")
#> numbers kept for the backward pass 301568
