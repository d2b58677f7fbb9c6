from dlnotes.multilayer_perceptron import parameter_count

channels, units, kernel = 3, 64, 3
for side in (28, 224, 1000):
    to_units = parameter_count([channels * side**2, units])
    to_maps = parameter_count([channels * side**2, units * side**2])  # as many outputs as a convolution has
    shared = units * (channels * kernel**2 + 1)
    print(f"{side} x {side}: {to_units:.1e} to {units} units, {to_maps:.1e} to {units} maps, convolution {shared}")
#> 28 x 28: 1.5e+05 to 64 units, 1.2e+08 to 64 maps, convolution 1792
#> 224 x 224: 9.6e+06 to 64 units, 4.8e+11 to 64 maps, convolution 1792
#> 1000 x 1000: 1.9e+08 to 64 units, 1.9e+14 to 64 maps, convolution 1792
