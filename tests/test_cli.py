"""The commands ``python -m dlnotes …``: what they print, write, refuse, and leave alone."""

import shutil
import subprocess
import sys

import pytest
import torch

from dlnotes import data, experiments, figures, runs
from dlnotes.__main__ import main

pytest_plugins = ["tiny_book"]  # the fixture book

needs_no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="shows what happens where there is no GPU")


def test_train_writes_a_fresh_record(book, capsys):
    assert main(["train", "demo", "--device", "cpu"]) == 0
    run = runs.load("demo")
    assert run.array("loss").shape == (3, 3), "the CPU variant has 3 steps"
    assert run.config["device"] == "cpu"
    assert set(run.data) == {"digits.npz"}
    assert runs.fresh(run)
    printed = capsys.readouterr().out
    assert "final: 0.333333 (0.166667 … 0.5, 3 seeds)" in printed
    assert f"s on {run.device}; written to {runs.record_path('demo')}" in printed


@needs_no_gpu
def test_train_takes_the_cpu_where_there_is_no_gpu(book):
    assert main(["train", "demo", "--seeds", "2"]) == 0
    assert runs.load("demo").seeds == (0, 1)


@needs_no_gpu
def test_train_refuses_a_gpu_that_is_not_there(book, capsys):
    assert main(["train", "demo", "--device", "cuda"]) == 2
    assert "finds no CUDA GPU for device 'cuda'; use --device cpu" in capsys.readouterr().err
    assert runs.names() == []


def test_smoke_writes_no_record(book, capsys):
    book.record()
    before = runs.record_path("demo").read_bytes()
    assert main(["train", "demo", "--smoke"]) == 0
    assert "no record was written" in capsys.readouterr().out
    assert runs.record_path("demo").read_bytes() == before


def test_interrupted_training_changes_nothing(book, capsys):
    book.record()
    before = runs.record_path("demo").read_bytes()
    book.edit("experiments/demo.py", "    started =", "    raise KeyboardInterrupt\n    started =")
    assert main(["train", "demo", "--device", "cpu"]) == 130
    assert "interrupted; no record was changed" in capsys.readouterr().err
    assert runs.record_path("demo").read_bytes() == before


def test_training_without_data_says_how_to_get_it(book, capsys, monkeypatch):
    def offline(*_):
        raise data.DataError("no file here; run `python -m dlnotes data fashion_mnist`")

    monkeypatch.setattr(data, "digits", offline)
    book.edit(
        "experiments/demo.py", "    started =", "    from dlnotes.data import digits\n\n    digits()\n    started ="
    )
    assert main(["train", "demo", "--device", "cpu"]) == 2
    assert capsys.readouterr().err == "error: no file here; run `python -m dlnotes data fashion_mnist`\n"


def test_a_record_carries_the_code_that_it_was_trained_with(book):
    file = book.package / "demo.py"
    book.edit("experiments/demo.py", "    started =", f"    open({str(file)!r}, 'a').write('third = 3')\n    started =")
    assert main(["train", "demo", "--device", "cpu"]) == 0
    assert not runs.fresh(runs.load("demo"))
    file.write_text(file.read_text("utf-8").removesuffix("third = 3"), "utf-8")
    assert runs.fresh(runs.load("demo"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["demo", "--smoke", "--seeds", "2"], "--smoke has a configuration of its own"),
        (["other"], "no experiment 'other'; there are: demo"),
        (["demo", "--seeds", "0", "--device", "cpu"], "0 seeds were asked for"),
        (["demo", "--device", "gpu"], "torch knows no device 'gpu'"),
    ],
)
def test_train_refuses_what_it_does_not_know(book, capsys, arguments, message):
    assert main(["train", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_measurements_of_the_wrong_shape_are_not_recorded(book, capsys):
    book.record()
    before = runs.record_path("demo").read_bytes()
    book.edit("experiments/demo.py", "[row[-1] for row in loss]", "[0.5]")
    assert main(["train", "demo", "--device", "cpu"]) == 2
    assert "result final has shape (1,), expected one number per seed, 3" in capsys.readouterr().err
    assert runs.record_path("demo").read_bytes() == before


def test_runs_lists_fresh_and_stale(book, capsys):
    book.record()
    assert main(["runs"]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split() == ["record", "device", "date", "time", "seeds", "code"]
    assert row.split() == ["demo", "A", "CPU,", "1", "thread", "2026-11-20", "12", "s", "2", "fresh"]
    book.edit("demo.py", "/ 2", "/ 3")
    assert main(["runs"]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("stale")


def test_runs_lists_experiments_without_a_record(book, capsys):
    assert main(["runs"]) == 0
    row = capsys.readouterr().out.splitlines()[1]
    assert row.split() == ["demo", "not", "run", "yet", "-", "-", "-", "no", "record"]


def test_an_experiment_that_needs_a_gpu_says_so(book, capsys, monkeypatch):
    book.edit("experiments/demo.py", 'CPU = Config(steps=3, device="cpu")', "NEEDS_GPU = True")
    assert main(["runs"]) == 0
    listed = capsys.readouterr().out.splitlines()[1]
    assert listed.startswith("demo") and "needs a GPU" in listed and listed.endswith("no record")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for device in ([], ["--device", "cpu"], ["--device", "cuda"]):
        assert main(["train", "demo", *device]) == 2
        assert "demo needs a CUDA GPU; `python -m dlnotes train demo --smoke` tries it" in capsys.readouterr().err
    assert main(["train", "demo", "--smoke"]) == 0
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert experiments.configure(experiments.module("demo")).device == "cuda"


def test_runs_names_a_damaged_record(book, capsys):
    book.write("runs/demo.json", "{")
    assert main(["runs"]) == 2
    assert capsys.readouterr().err.startswith(f"error: {runs.record_path('demo')}: corrupt or truncated")


def test_figures_lists_and_draws_what_is_stale(book, capsys):
    book.record()
    assert main(["figures", "--check"]) == 1
    assert capsys.readouterr().out == "stale: demo/training\nstale: demo/maps\n"
    assert main(["figures", "demo"]) == 0
    assert capsys.readouterr().out == "drawn: demo/training\ndrawn: demo/maps\n2 figures drawn\n"
    assert main(["figures", "--check"]) == 0
    assert main(["figures", "other"]) == 2
    assert figures.stale() == []


@pytest.mark.parametrize(
    ("name", "place", "first"),
    [
        ("fashion_mnist", "FASHION_MNIST_URL", "train-images-idx3-ubyte.gz"),
        ("cifar10", "CIFAR10_URL", "cifar-10-binary.tar.gz"),
    ],
)
def test_data_downloads_into_a_folder(name, place, first, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(data, place, "http://127.0.0.1:9/")  # nobody listens there
    assert main(["data", name, "--folder", str(tmp_path)]) == 2
    assert f"cannot download http://127.0.0.1:9/{first}" in capsys.readouterr().err


def test_listing_runs_loads_neither_torch_nor_matplotlib(book):
    book.record()
    for file in ("__init__.py", "__main__.py"):
        shutil.copy(f"{data.__file__.removesuffix('data.py')}{file}", book.package)
    code = (
        "import sys, dlnotes.__main__ as cli; status = cli.main(['runs']); "
        "print(status, sorted({'torch', 'matplotlib', 'tqdm'} & set(sys.modules)), cli.__file__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=book.root)
    assert done.stdout.splitlines()[-1] == f"0 [] {book.package / '__main__.py'}", done.stderr
