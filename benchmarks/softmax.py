"""Time and peak memory of dlnotes.softmax beside torch's own, forward and backward: python -m benchmarks.softmax"""

import torch
from torch.nn import functional

from benchmarks.timing import compare
from dlnotes import softmax

SAMPLES, CLASSES = 8192, 1024


def main() -> None:
    torch.manual_seed(0)
    scores = torch.randn(SAMPLES, CLASSES, requires_grad=True)
    weights = torch.randn(SAMPLES, CLASSES)
    labels = torch.randint(CLASSES, (SAMPLES,))

    def forward_backward(function):
        """Sums the outputs with random weights, so that the backward pass has work to do."""

        def call():
            output = function(scores)
            torch.autograd.backward(output, weights if output.ndim else None)
            scores.grad = None

        return call

    print(f"{SAMPLES} x {CLASSES}, {torch.get_num_threads()} thread(s), torch {torch.__version__}: dlnotes / torch")
    for name, ours, reference in [
        ("softmax", lambda z: softmax.softmax(z, 1), lambda z: torch.softmax(z, 1)),
        ("log_softmax", lambda z: softmax.log_softmax(z, 1), lambda z: torch.log_softmax(z, 1)),
        ("cross_entropy", lambda z: softmax.cross_entropy(z, labels), lambda z: functional.cross_entropy(z, labels)),
    ]:
        compare(f"{name}, forward+backward", forward_backward(ours), forward_backward(reference))

    probs = torch.softmax(scores.detach(), 1)
    compare(
        "softmax_vjp",
        lambda: softmax.softmax_vjp(weights, probs, 1),
        lambda: torch._softmax_backward_data(weights, probs, 1, torch.float32),
    )


if __name__ == "__main__":
    main()
