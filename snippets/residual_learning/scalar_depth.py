"""How large 0.9, 1 and 1.1 become after 10, 30 and 100 factors."""

for factor in (0.9, 1.0, 1.1):
    print(f"{factor}:", [f"{factor**depth:.2g}" for depth in (10, 30, 100)])
#>
