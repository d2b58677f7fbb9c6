import torch

from dlnotes.backpropagation import Node, backpropagate, topological_order

x, w, minus_y = Node(0.5), Node(1.2), Node(-0.9)
first = (w * x).tanh()
second = (w * first).tanh()  # the same weight again
error = second + minus_y
loss = Node(0.5) * error * error
backpropagate(loss)
print(f"loss {loss.value:.4f}, dL/dw {w.adjoint:.4f}, dL/dx {x.adjoint:.4f}, nodes {len(topological_order(loss))}")
#> loss 0.0551, dL/dw -0.2169, dL/dx -0.2305, nodes 11

tx, tw = torch.tensor(0.5, requires_grad=True), torch.tensor(1.2, requires_grad=True)
(0.5 * (torch.tanh(tw * torch.tanh(tw * tx)) - 0.9) ** 2).backward()
print(f"torch: dL/dw {tw.grad:.4f}, dL/dx {tx.grad:.4f}")
#> torch: dL/dw -0.2169, dL/dx -0.2305
