L, d, V, places = 12, 768, 50257, 1024
exact = L * (12 * d**2 + 13 * d) + (V + places) * d + 2 * d
short = 12 * L * d**2 + V * d
print(f"{exact} parameters; 12 L d² + V d = {short}, {1 - short / exact:.2%} less")
#> 124439808 parameters; 12 L d² + V d = 123532032, 0.73% less
