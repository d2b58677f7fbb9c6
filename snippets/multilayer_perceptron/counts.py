from dlnotes.multilayer_perceptron import multiply_adds, parameter_count

sizes = [784, 256, 128, 10]
print("parameters", parameter_count(sizes), " multiply-adds a sample", multiply_adds(sizes))
#> parameters 235146  multiply-adds a sample 234752
print(f"memory in float32: {4 * parameter_count(sizes) / 2**20:.2f} MiB")
#> memory in float32: 0.90 MiB
print(f"share of the first layer: {parameter_count(sizes[:2]) / parameter_count(sizes):.2f}")
#> share of the first layer: 0.85
