import torch

from dlnotes.multilayer_perceptron import gelu, leaky_relu, relu, sigmoid, silu, tanh

z = torch.linspace(-30, 30, 60001, dtype=torch.float64, requires_grad=True)
for function in (sigmoid, tanh, relu, leaky_relu, gelu, silu):
    a = function(z)
    (slope,) = torch.autograd.grad(a.sum(), z)
    print(f"{function.__name__}: values {a.min():.3f} to {a.max():.3f}, slopes {slope.min():.3f} to {slope.max():.3f}")
#> sigmoid: values 0.000 to 1.000, slopes 0.000 to 0.250
#> tanh: values -1.000 to 1.000, slopes 0.000 to 1.000
#> relu: values 0.000 to 30.000, slopes 0.000 to 1.000
#> leaky_relu: values -0.300 to 30.000, slopes 0.010 to 1.000
#> gelu: values -0.170 to 30.000, slopes -0.129 to 1.129
#> silu: values -0.278 to 30.000, slopes -0.100 to 1.100
