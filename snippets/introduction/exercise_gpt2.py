from dlnotes import check


def parameters(L, d, V, n):
    return L * (12 * d**2 + 13 * d) + (V + n) * d + 2 * d


L, d, V, n = 12, 768, 50257, 1024
exact, short = parameters(L, d, V, n), 12 * L * d**2 + V * d
print(f"{exact} parameters; 12 L d² + V d = {short}, {1 - short / exact:.2%} less")
#> 124439808 parameters; 12 L d² + V d = 123532032, 0.73% less
check("introduction.5", parameters)
#> introduction.5: right. It agrees with the reference on all 21 inputs.
