from dlnotes import check


def interleave(a, b, places=7):
    """Two numbers in [0, 1) as one: their decimals in turn."""
    return "".join(x + y for x, y in zip(f"{a:.{places}f}"[2:], f"{b:.{places}f}"[2:], strict=True))


code = interleave(0.1234567, 0.7654321)
print("code 0." + code, "-> 0." + code[0::2], "and 0." + code[1::2])
#> code 0.17263544536271 -> 0.1234567 and 0.7654321
near, beyond = (float("0." + interleave(a, 0.5)) for a in (0.4999999, 0.5))
print(f"the first number moves by 0.0000001, the code by {beyond - near:.3f}")
#> the first number moves by 0.0000001, the code by 0.091


def jump(n):
    return float("0." + interleave(0.5, 0.5, n)) - float("0." + interleave(0.5 - 10**-n, 0.5, n))


check("autoencoder.2", jump)
#> autoencoder.2: right. It agrees with the reference on all 20 inputs.
