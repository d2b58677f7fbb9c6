from torch import nn

d, layers, vocabulary, places = 256, 4, 1000, 128
block = nn.TransformerEncoderLayer(d, nhead=8, dim_feedforward=4 * d)
count = sum(p.numel() for p in block.parameters())
embeddings = (vocabulary + places) * d
print(f"a block: {count}, of which matrices {12 * d**2} = 12 d²; the rest, 13 d, is biases and two layer norms")
#> a block: 789760, of which matrices 786432 = 12 d²; the rest, 13 d, is biases and two layer norms
assert count == 12 * d**2 + 13 * d
print(f"four blocks and embeddings: {layers * count + embeddings}, by 12 L d² + V d: {12 * layers * d**2 + 1000 * d}")
#> four blocks and embeddings: 3447808, by 12 L d² + V d: 3401728
