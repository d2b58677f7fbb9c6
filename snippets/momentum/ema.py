"""A "velocity" that averages and one that sums, under one constant slope."""

slope, lr, beta = 1.0, 0.1, 0.9
averaged = summed = 0.0
for _ in range(200):
    averaged = beta * averaged + (1 - beta) * slope  # points uphill
    summed = beta * summed - lr * slope  # points downhill
print(f"steps: averaged {-lr * averaged:.4f}, summed {summed:.4f}")
#> steps: averaged -0.1000, summed -1.0000
print(f"ratio {summed / (-lr * averaged):.2f}, 1 / (1 - β) = {1 / (1 - beta):.2f}")
#> ratio 10.00, 1 / (1 - β) = 10.00
