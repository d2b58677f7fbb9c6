from dlnotes.introduction import Cost, convolution_cost, linear_cost


def alexnet():
    """Krizhevsky, Sutskever and Hinton 2012; three of the convolutions in two groups, one for each GPU."""
    convolutions = [(3, 96, 11, 55, 1), (96, 256, 5, 27, 2), (256, 384, 3, 13, 1), (384, 384, 3, 13, 2)]
    convolutions += [(384, 256, 3, 13, 2)]
    dense = [(256 * 6 * 6, 4096), (4096, 4096), (4096, 1000)]
    return sum((convolution_cost(*c) for c in convolutions), Cost()) + sum((linear_cost(*s) for s in dense), Cost())


def googlenet():
    """Szegedy et al. 2015, table 1, without the auxiliary classifiers."""
    cost = convolution_cost(3, 64, 7, 112) + convolution_cost(64, 64, 1, 56) + convolution_cost(64, 192, 3, 56)
    channels = 192
    for side, one, three_in, three, five_in, five, pool in (
        (28, 64, 96, 128, 16, 32, 32), (28, 128, 128, 192, 32, 96, 64), (14, 192, 96, 208, 16, 48, 64),
        (14, 160, 112, 224, 24, 64, 64), (14, 128, 128, 256, 24, 64, 64), (14, 112, 144, 288, 32, 64, 64),
        (14, 256, 160, 320, 32, 128, 128), (7, 256, 160, 320, 32, 128, 128), (7, 384, 192, 384, 48, 128, 128),
    ):  # fmt: skip
        for filters in (one, three_in, five_in, pool):
            cost += convolution_cost(channels, filters, 1, side)
        cost += convolution_cost(three_in, three, 3, side) + convolution_cost(five_in, five, 5, side)
        channels = one + three + five + pool
    return cost + linear_cost(channels, 1000)


def resnet152():
    """He et al. 2016: blocks of 1×1, 3×3, 1×1 convolutions, each followed by batch normalisation (2 parameters)."""

    def layer(channels, filters, kernel, side):
        return convolution_cost(channels, filters, kernel, side, bias=False) + Cost(parameters=2 * filters)

    cost, channels = layer(3, 64, 7, 112), 64
    for blocks, width, side in ((3, 64, 56), (8, 128, 28), (36, 256, 14), (3, 512, 7)):
        for block in range(blocks):
            cost += layer(channels, width, 1, side) + layer(width, width, 3, side) + layer(width, 4 * width, 1, side)
            cost += layer(channels, 4 * width, 1, side) if block == 0 else Cost()
            channels = 4 * width
    return cost + linear_cost(channels, 1000)


for network in (alexnet, googlenet, resnet152):
    cost = network()
    parameters, multiply_adds = cost.parameters / 1e6, cost.multiply_adds / 1e9
    print(f"{network.__name__}: {parameters:.1f} million parameters, {multiply_adds:.2f} billion multiply-adds")
    #>
