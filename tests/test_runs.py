"""Records: round trip, atomic writes, a clear error for every way of being wrong, and staleness."""

import base64
import dataclasses
import io
import json
import os

import numpy as np
import pytest
import torch

from dlnotes import experiments, runs
from dlnotes.runs import RecordError, Run, png

pytest_plugins = ["tiny_book"]  # the fixture book


def test_load_gives_back_what_was_saved(book):
    run = book.record(results={"accuracy": [0.5, 0.75], "loss": [1 / 3, 2e-17]})
    loaded = runs.load("demo")
    assert dataclasses.replace(loaded, results={}) == dataclasses.replace(run, results={})
    assert loaded.results == {"accuracy": [0.5, 0.75], "loss": [0.333333, 2e-17]}
    assert runs.names() == ["demo"]


def test_statistics_are_over_the_seeds(book):
    run = book.record(seeds=(3, 1, 2), series={}, axes={}, results={"accuracy": [0.9, 0.6, 0.6]})
    assert run.mean("accuracy") == pytest.approx(0.7)
    assert run.std("accuracy") == pytest.approx(np.sqrt((0.2**2 + 2 * 0.1**2) / 2))
    assert (run.min("accuracy"), run.max("accuracy"), run.median("accuracy")) == (0.6, 0.9, 0.6)


def test_one_seed_has_no_deviation(book):
    run = book.record(seeds=(0,), series={}, axes={}, results={"accuracy": [0.9]})
    with pytest.raises(RecordError, match="two seeds or more"):
        run.std("accuracy")


def test_array_has_the_seeds_first(book):
    run = book.record()
    assert run.array("loss").shape == (2, 3)
    assert run.array("step").tolist() == [1, 2, 3]


@pytest.mark.parametrize(("ask", "known"), [("array", "loss, step"), ("mean", "accuracy")])
def test_unknown_names_are_answered_with_the_known(book, ask, known):
    with pytest.raises(RecordError, match=f"record demo has no .* 'nonsense'; it has: {known}"):
        getattr(book.record(), ask)("nonsense")


def test_file_has_one_series_a_line_and_sorted_keys(book):
    book.record()
    text = runs.record_path("demo").read_text("utf-8")
    assert '\n  "loss": [[3.0,2.0,1.0],[3.5,2.5,1.5]],\n  "step": [1,2,3]\n' in text
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert json.loads(text)["schema"] == runs.SCHEMA


@pytest.mark.parametrize("moment", ["write", "replace"])
def test_interrupted_save_leaves_the_old_record_whole(book, monkeypatch, moment):
    book.record()
    before = runs.record_path("demo").read_bytes()

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(*(os, "replace") if moment == "replace" else (os, "chmod"), interrupt)
    with pytest.raises(KeyboardInterrupt):
        book.record(seconds=99.0)
    assert runs.record_path("demo").read_bytes() == before
    assert [file.name for file in (book.package / "runs").iterdir() if file.suffix != ".py"] == ["demo.json"]


BAD_ENTRIES = {
    "lacks device": ({"device": ...}, r"lacks \['device'\]"),
    "unknown key": ({"colour": "red"}, r"holds unknown \['colour'\]"),
    "foreign schema": ({"schema": 2}, "not a record of schema 1"),
    "no schema": ({"schema": ...}, "not a record of schema 1"),
    "other experiment": ({"experiment": "other"}, "holds the experiment 'other'"),
    "empty device": ({"device": ""}, "device is not a text"),
    "config no table": ({"config": [1]}, "config is not a table"),
    "seeds no list": ({"seeds": 5}, "seeds are not a list of integers"),
    "seeds of text": ({"seeds": ["a", "b"]}, "seeds are not integers"),
    "seeds repeat": ({"seeds": [1, 1]}, r"seeds repeat: \[1, 1\]"),
    "negative time": ({"seconds": -1}, "seconds is -1, not a time"),
    "text for time": ({"seconds": "12"}, "seconds is '12', not a time"),
    "no date": ({"started": "yesterday"}, "started is 'yesterday', not a time such as"),
    "local date": ({"started": "2026-11-20T07:30:00"}, "not a time such as"),
    "version no text": ({"versions": {"torch": 2}}, "versions holds other than texts"),
    "result too short": (
        {"results": {"accuracy": [0.5]}},
        r"result accuracy has shape \(1,\), expected one .* seed, 2",
    ),
    "result null": ({"results": {"accuracy": [0.5, None]}}, "result accuracy holds None, not a finite number"),
    "result true": ({"results": {"accuracy": [0.5, True]}}, "holds True, not a finite number"),
    "series NaN": ({"series": {"loss": [[1.0], [float("nan")]]}, "axes": {}}, "series loss holds nan, not a finite"),
    "series infinite": ({"series": {"loss": [[1.0], [float("inf")]]}, "axes": {}}, "series loss holds inf, not"),
    "series of text": ({"series": {"loss": [["1"], ["2"]]}, "axes": {}}, "series loss holds '1', not a finite"),
    "series ragged": ({"series": {"loss": [[1, 2], [3]]}, "axes": {}}, r"series loss is ragged: rows of \[1, 2\]"),
    "series mixed": ({"series": {"loss": [1, [2]]}, "axes": {}}, "series loss mixes numbers and lists"),
    "series empty": ({"series": {"loss": []}, "axes": {}}, "series loss is not a list of numbers"),
    "series one seed": ({"series": {"loss": [[1, 2]]}, "axes": {}}, "its seed axis must be 2 long"),
    "axes too few": ({"axes": {"loss": ["seed"], "step": ["step"]}}, "series loss has 2 axes, not"),
    "axes of nothing": ({"axes": {"step": ["step"], "x": ["x"]}}, r"axes names no series: \['x'\]"),
    "nothing measured": ({"series": {}, "results": {}, "axes": {}}, "neither a series nor a result"),
}


@pytest.mark.parametrize(("change", "message"), BAD_ENTRIES.values(), ids=BAD_ENTRIES)
def test_bad_record_is_refused_with_file_and_remedy(book, change, message):
    book.record()
    path = runs.record_path("demo")
    content = json.loads(path.read_text("utf-8")) | change
    path.write_text(json.dumps({key: value for key, value in content.items() if value is not ...}), "utf-8")
    with pytest.raises(RecordError, match=message) as raised:
        runs.load("demo")
    assert str(path) in str(raised.value)
    assert "python -m dlnotes train demo" in str(raised.value)


@pytest.mark.parametrize("text", ["", "not json", "[1, 2]", "null"])
def test_foreign_file_is_refused(book, text):
    runs.record_path("demo").write_text(text, "utf-8")
    with pytest.raises(RecordError, match=r"demo\.json: (corrupt or truncated, not JSON|not a record of schema 1)"):
        runs.load("demo")


def test_a_record_cut_anywhere_is_refused(book):
    book.record()
    path = runs.record_path("demo")
    whole = path.read_bytes()
    for size in range(0, len(whole) - 2, 7):
        path.write_bytes(whole[:size])
        with pytest.raises(RecordError):
            runs.load("demo")


def test_missing_record_says_how_to_make_it(book):
    book.record()
    with pytest.raises(RecordError, match=r"no such record \(there are: demo\); run `python -m dlnotes train other`"):
        runs.load("other")


@pytest.mark.parametrize("name", ["../demo", "Demo", "de mo", ""])
def test_a_record_is_named_as_an_identifier(book, name):
    with pytest.raises(RecordError, match="cannot be a record's name"):
        runs.load(name)


def test_a_run_is_checked_before_it_is_saved(book):
    with pytest.raises(RecordError, match="expected one number per seed, 2"):
        book.record(results={"accuracy": [1.0, 2.0, 3.0]})


def test_code_decides_whether_a_record_is_fresh(book):
    run = book.record()
    assert runs.fresh(run)
    book.edit("demo.py", "Half of it.", "One half of it.")
    book.edit("demo.py", "return", "# a remark\n    return")
    book.edit("experiments/demo.py", "steps: int = 4", "steps:   int = 4  # updates")
    assert runs.fresh(run)
    book.edit("demo.py", "/ 2", "/ 3")  # what the experiment imports
    assert not runs.fresh(run)
    book.edit("demo.py", "/ 3", "/ 2")
    assert runs.fresh(run)
    book.edit("experiments/demo.py", "int = 4", "int = 5")
    assert not runs.fresh(run)


@pytest.mark.parametrize(
    "statement", ["from dlnotes import demo", "import dlnotes.demo as d", "from .demo import half"]
)
def test_every_form_of_import_is_followed(book, statement):
    book.write("other.py", f"def load():\n    {statement}\n")
    before = runs.code_hash("dlnotes.other")
    book.edit("demo.py", "/ 2", "/ 3")
    assert runs.code_hash("dlnotes.other") != before


def test_modules_in_a_circle_have_a_hash(book):
    book.edit("demo.py", '"""Half of it."""', "import dlnotes.other")
    book.write("other.py", "import dlnotes.demo")
    assert runs.code_hash("dlnotes.other") == runs.code_hash("dlnotes.other")


def test_record_of_a_lost_experiment_is_stale(book):
    run = book.record()
    (book.package / "experiments/demo.py").unlink()
    assert not runs.fresh(run)


@pytest.mark.parametrize("as_measured", [np.array, torch.tensor, lambda rows: [torch.tensor(row) for row in rows]])
def test_record_takes_lists_arrays_and_tensors(book, as_measured):
    demo = experiments.module("demo")
    rows = [[0.25, 0.5], [0.75, 1.0], [1.25, 1.5]]
    run = experiments.record(demo.Config(device="cpu"), 0.0, series={"loss": as_measured(rows)})
    assert run.series == {"loss": rows}
    assert run.config == {"steps": 4, "scale": [1.0, 2.0], "seeds": [0, 1, 2], "device": "cpu"}
    assert run.started == "1970-01-01T00:00:00+00:00"
    assert run.versions["torch"] == torch.__version__
    assert runs.fresh(run)


def test_device_is_named_with_its_threads():
    assert experiments.device_name("cpu").endswith(
        f", {torch.get_num_threads()} thread" + "s" * (torch.get_num_threads() > 1)
    )


@pytest.mark.parametrize("name", experiments.names())
def test_every_experiment_of_the_book_runs_in_the_small(name, tmp_path):
    run = experiments.module(name).smoke()
    assert isinstance(run, Run)
    assert run.experiment == name
    assert runs.fresh(run)
    runs.save(run, tmp_path)
    assert runs.load(name, tmp_path).seeds == run.seeds


def test_every_experiment_of_the_book_has_its_record_or_needs_a_gpu():
    unrecorded = [name for name in experiments.without_record() if not experiments.needs_gpu(experiments.module(name))]
    assert not unrecorded, f"run `python -m dlnotes train` for {', '.join(unrecorded)}, or say NEEDS_GPU there"


@pytest.mark.parametrize("name", runs.names())
def test_every_record_of_the_book_is_whole_and_has_its_experiment(name):
    run = runs.load(name)
    assert run.experiment in experiments.names()
    for measured in run.results.keys() & run.series.keys():
        curves = run.array(measured)
        if curves.ndim == 2:  # one curve a seed
            assert (run.result(measured) == curves[:, -1]).all(), f"{measured} is not the last of its series"


@pytest.mark.parametrize("name", runs.names())
def test_every_record_of_the_book_was_made_by_a_configuration_that_its_experiment_has(name):
    """A page quotes numbers of it; the device alone may be another one."""
    experiment, recorded = experiments.module(name), runs.load(name).config
    declared = [experiment.Config(), *([experiment.CPU] if hasattr(experiment, "CPU") else [])]
    values = [json.loads(json.dumps(dataclasses.asdict(config))) for config in declared]
    assert recorded in [config | {"device": recorded["device"]} for config in values]


# Images


@pytest.mark.parametrize("shape", [(3, 5), (1, 1), (4, 2, 3)])
def test_images_come_back_as_they_were(book, shape):
    from matplotlib.image import imread

    picture = torch.randint(256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    data = png.encode(picture.numpy())
    book.record(images={"samples": base64.b64encode(data).decode()})
    assert (runs.load("demo").image("samples") == picture.numpy()).all()
    assert (
        np.round(255 * imread(io.BytesIO(data)))[..., : picture.shape[-1]] == picture.numpy()
    ).all()  # others read it


def test_a_record_without_images_does_not_mention_them(book):
    book.record()
    assert "images" not in json.loads(runs.record_path("demo").read_text("utf-8"))


def test_damaged_and_oversized_images_are_refused(book, monkeypatch):
    good = png.encode(np.zeros((8, 8), np.uint8))
    for damaged in (b"", good[:-5], good[:40] + b"?" + good[41:], b"GIF89a"):
        with pytest.raises(RecordError, match=r"image samples is no base64 of a PNG file"):
            book.record(images={"samples": base64.b64encode(damaged).decode()})
    with pytest.raises(RecordError, match="image samples is no base64"):
        book.record(images={"samples": "no base64!"})
    monkeypatch.setattr(runs, "IMAGE_LIMIT", 20)
    with pytest.raises(RecordError, match="more than 20"):
        book.record(images={"samples": base64.b64encode(good).decode()})


@pytest.mark.parametrize("picture", [np.zeros((2, 2)), np.zeros((2, 2, 4), np.uint8), np.zeros((0, 2), np.uint8)])
def test_only_bytes_are_pictures(picture):
    with pytest.raises(ValueError, match="a picture is uint8 of shape"):
        png.encode(picture)
