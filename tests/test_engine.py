"""What the larger trainings share: several processes give the gradients of one, and speeds are measured rightly."""

import os
import subprocess
import sys

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlnotes.book.pages import ROOT
from dlnotes.experiments import _device, _engine

PROGRAM = """
import sys, torch
from torch import nn
from torch.nn import functional as F
from dlnotes.experiments import _engine

def train(process):
    torch.manual_seed(0)
    model = process.replicate(nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3)).double())
    x, labels = torch.randn(8, 6, dtype=torch.float64), torch.randint(3, (8,))
    F.cross_entropy(model(process.share(x)), process.share(labels)).backward()
    if process.rank == 0:
        torch.save([p.grad for p in model.parameters()], sys.argv[1])

with _engine.process("cpu") as process:
    train(process)
    sys.stdout.write(f"{process.rank} {process.count} {process.device}\\n")  # at once: the other one writes there too
"""


def test_two_processes_give_the_gradients_of_one_on_the_joined_batch(tmp_path, monkeypatch, capsys):
    alone, together, program = tmp_path / "1.pt", tmp_path / "2.pt", tmp_path / "program.py"
    monkeypatch.setattr(sys, "argv", ["program.py", str(alone)])
    exec(PROGRAM, {})
    assert capsys.readouterr().out == "0 1 cpu\n"
    program.write_text(PROGRAM, "utf-8")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([*launch, str(program), str(together)], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == ["0 2 cpu", "1 2 cpu"]
    for one, two in zip(torch.load(alone), torch.load(together), strict=True):
        torch.testing.assert_close(two, one, rtol=1e-12, atol=1e-14)


def test_one_process_keeps_model_and_batch():
    model, batch = nn.Linear(2, 1), torch.zeros(3, 2)
    with _engine.process("cpu") as process:
        assert process == (0, 1, "cpu")
        assert process.replicate(model) is model
        assert torch.equal(process.share(batch), batch)


def test_shares_are_parts_of_the_batch_and_equal():
    batch = torch.arange(6)
    shares = [_engine.Process(rank, 3, "cpu").share(batch) for rank in range(3)]
    assert torch.equal(torch.cat(shares), batch) and {len(share) for share in shares} == {2}
    with pytest.raises(ValueError, match="a batch of 6 cannot be shared equally by 4 processes"):
        _engine.Process(0, 4, "cpu").share(batch)


def test_operations_of_a_layer_are_counted():
    layer, x = nn.Linear(7, 5), torch.zeros(3, 7)
    assert _engine.operations(lambda: layer(x)) == 2 * 3 * 7 * 5
    assert _engine.operations(lambda: F.mse_loss(layer(x), torch.zeros(3, 5)).backward()) == 2 * (2 * 3 * 7 * 5)


def test_throughput_is_that_of_a_product():
    assert 1e6 < _engine.matrix_throughput("cpu", size=64, seconds=0.01) < 1e16


def test_models_are_placed_with_channels_last_and_compiled_only_if_asked():
    torch.manual_seed(0)
    model, x = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 2, 3)).double(), torch.randn(2, 3, 6, 6).double()
    before = model(x)
    assert _device.place(model, "cpu") is model
    assert all(layer.weight.is_contiguous(memory_format=torch.channels_last) for layer in model)
    torch.testing.assert_close(model(x), before)
    assert _device.compiled(model, "") is model
    assert isinstance(_device.compiled(model, "eager"), torch._dynamo.OptimizedModule)


def test_precision_is_bfloat16_only_if_wanted():
    layer, x = nn.Linear(3, 2), torch.ones(1, 3)
    for mixed, dtype in ((True, torch.bfloat16), (False, torch.float32)):
        with _device.precision("cpu", mixed):
            assert layer(x).dtype == dtype


def test_a_gpu_is_measured_by_large_products(monkeypatch):
    asked = []
    monkeypatch.setattr(_device, "matrix_throughput", lambda *arguments: asked.append(arguments) or 1.0)
    _device.best_throughput("cuda:1", True, 0.1)
    _device.best_throughput("cpu", False, 0.1)
    assert asked == [("cuda:1", 8192, 0.1, torch.bfloat16), ("cpu", 1024, 0.1, torch.float32)]


def test_grid_puts_images_side_by_side():
    images = torch.stack([torch.full((2, 3), value) for value in (0.0, 0.5, 1.0, 2.0)])
    picture = _engine.grid(images, columns=2)
    assert picture.shape == (4, 6) and picture.dtype == torch.uint8
    assert picture[0].tolist() == [0, 0, 0, 128, 128, 128] and picture[-1].tolist() == [255] * 6
