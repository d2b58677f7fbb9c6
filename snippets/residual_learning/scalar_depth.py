"""How large 0.9, 1 and 1.1 become after 10, 30 and 100 factors."""

for factor in (0.9, 1.0, 1.1):
    print(f"{factor}:", [f"{factor**depth:.2g}" for depth in (10, 30, 100)])
#> 0.9: ['0.35', '0.042', '2.7e-05']
#> 1.0: ['1', '1', '1']
#> 1.1: ['2.6', '17', '1.4e+04']
