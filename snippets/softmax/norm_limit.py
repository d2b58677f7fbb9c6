from math import exp

import torch

from dlnotes import check
from dlnotes.softmax import softmax_jacobian

for t in (0.0, 2.0, 5.0, 10.0):
    z = torch.tensor([0.0, 0.0, -t], dtype=torch.float64)
    norm = torch.linalg.matrix_norm(softmax_jacobian(z), ord=2)
    print(f"t = {t:4}  norm {norm:.5f}  formula {1 / (2 + exp(-t)):.5f}")
#> t =  0.0  norm 0.33333  formula 0.33333
#> t =  2.0  norm 0.46831  formula 0.46831
#> t =  5.0  norm 0.49832  formula 0.49832
#> t = 10.0  norm 0.49999  formula 0.49999
check("softmax.2", lambda t: 1 / (2 + exp(-t)))
#> softmax.2: right. It agrees with the reference on all 20 inputs.
