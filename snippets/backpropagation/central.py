from dlnotes.backpropagation import SIGMOID, backward, forward, mean_cross_entropy, numerical_gradient, tiny_network

x, y, weights, biases = tiny_network()
exact = backward(forward(x, weights, biases, SIGMOID), y, weights, SIGMOID)[0][0]
for step in (1e-1, 1e-3, 1e-5, 1e-8, 1e-11):
    estimate = numerical_gradient(
        lambda w1: mean_cross_entropy(forward(x, [w1, weights[1]], biases, SIGMOID)[-1], y), weights[0], step
    )
    error = (estimate - exact).norm() / (estimate.norm() + exact.norm())
    digits = 0 if error == 0 else int(-error.log10())
    print(f"step {step:.0e}: {digits} digits right")
#> step 1e-01: 2 digits right
#> step 1e-03: 6 digits right
#> step 1e-05: 10 digits right
#> step 1e-08: 7 digits right
#> step 1e-11: 5 digits right
