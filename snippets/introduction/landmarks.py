from dlnotes.introduction import alexnet_cost, googlenet_cost, resnet152_cost

for name, cost in (("AlexNet", alexnet_cost()), ("GoogLeNet", googlenet_cost()), ("ResNet-152", resnet152_cost())):
    parameters, multiply_adds = cost.parameters / 1e6, cost.multiply_adds / 1e9
    print(f"{name}: {parameters:.1f} million parameters, {multiply_adds:.2f} billion multiply-adds")
    #> AlexNet: 61.0 million parameters, 0.72 billion multiply-adds
    #> GoogLeNet: 7.0 million parameters, 1.58 billion multiply-adds
    #> ResNet-152: 60.2 million parameters, 11.28 billion multiply-adds
