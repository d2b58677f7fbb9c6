"""Data: the embedded digits, Fashion-MNIST wherever it may lie, and downloads from a server on this machine."""

import gzip
import hashlib
import re
import struct
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes, load_digits

from dlnotes import data
from dlnotes.data import DataError


def test_digits_are_those_of_scikit_learn():
    images, labels = (torch.cat(parts) for parts in zip(data.digits("train"), data.digits("test"), strict=True))
    expected = load_digits()
    assert np.array_equal(images.numpy(), expected.images)
    assert np.array_equal(labels.numpy(), expected.target)
    assert images.dtype == torch.uint8
    assert int(images.max()) == 16


def test_digits_are_split_once_and_for_all():
    (train, _), (test, labels) = data.digits("train"), data.digits("test")
    assert (len(train), len(test)) == (1437, 360)
    assert len(labels.unique()) == 10
    assert not (train[:, None] == test[None]).flatten(2).all(-1).any(), "an image in both parts"


def test_penguins_are_those_of_the_study():
    """Counts, ranges and means of the published table; every measurement as written there, to 0.1 mm and 25 g."""
    measurements, species = data.penguins()
    assert species.bincount().tolist() == [151, 68, 123]
    assert measurements.amin(0).tolist() == [32.1, 13.1, 172.0, 2700.0]
    assert measurements.amax(0).tolist() == [59.6, 21.5, 231.0, 6300.0]
    assert measurements.mean(0).round(decimals=2).tolist() == [43.92, 17.15, 200.92, 4201.75]
    steps = measurements / torch.tensor([0.1, 0.1, 1.0, 25.0], dtype=torch.float64)
    assert (steps - steps.round()).abs().max() < 1e-9


def test_diabetes_is_that_of_scikit_learn():
    features, target = data.diabetes()
    expected = load_diabetes(scaled=False)
    assert np.array_equal(features.numpy(), expected.data)
    assert np.array_equal(target.numpy(), expected.target)
    assert list(data.DIABETES_FEATURES) == expected.feature_names


@pytest.mark.parametrize("load", [data.digits, data.penguins, data.diabetes])
def test_damaged_embedded_data_is_refused(load, monkeypatch):
    monkeypatch.setitem(data.SHA256, load.__name__, {f"{load.__name__}.npz": "0" * 64})
    with pytest.raises(DataError, match=r"not the right file.*reinstall dlnotes"):
        load()


@pytest.mark.parametrize("load", [data.digits, data.fashion_mnist])
def test_unknown_split_is_refused(load):
    with pytest.raises((ValueError, TypeError), match="split"):
        load("validation")


@pytest.fixture
def fashion(monkeypatch, tmp_path):
    """Four small IDX files in place of the real ones, which lie nowhere on this machine; name -> packed content."""
    generator = np.random.default_rng(0)
    files = {}
    for part, count in (("train", 5), ("t10k", 3)):
        images = generator.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        labels = generator.integers(0, 10, count, dtype=np.uint8)
        files[f"{part}-images-idx3-ubyte"] = struct.pack(">iiii", 0x803, count, 28, 28) + images.tobytes()
        files[f"{part}-labels-idx1-ubyte"] = struct.pack(">ii", 0x801, count) + labels.tobytes()
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    monkeypatch.setitem(data.SHA256, "fashion_mnist", hashes)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("DLNOTES_DATA", raising=False)
    monkeypatch.setattr(data, "SYSTEM_FOLDER", tmp_path / "system")
    return {name: gzip.compress(content, mtime=0) for name, content in files.items()}


def put(folder, files, packed=True):
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / (f"{name}.gz" if packed else name)).write_bytes(content if packed else gzip.decompress(content))


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("place", ["root", "local", "system/fashion-mnist", "cache/dlnotes/fashion-mnist"])
def test_fashion_mnist_is_found(fashion, tmp_path, monkeypatch, place, packed):
    if place == "local":
        monkeypatch.setenv("DLNOTES_DATA", str(tmp_path / "local"))
        put(tmp_path / "local/fashion-mnist", fashion, packed)
    else:
        put(tmp_path / place, fashion, packed)
    root = tmp_path / "root" if place == "root" else None
    for split, part, count in (("train", "train", 5), ("test", "t10k", 3)):
        images, labels = data.fashion_mnist(split, root)
        raw = gzip.decompress(fashion[f"{part}-images-idx3-ubyte"])
        assert images.numpy().tobytes() == raw[16:]
        assert images.shape == (count, 28, 28)
        assert labels.tolist() == list(gzip.decompress(fashion[f"{part}-labels-idx1-ubyte"])[8:])
        assert labels.dtype == torch.int64


def test_local_folder_comes_before_the_system_and_the_cache(fashion, tmp_path, monkeypatch):
    for place in ("system", "cache/dlnotes"):
        put(tmp_path / place / "fashion-mnist", dict.fromkeys(fashion, b"never read"))
    put(tmp_path / "local/fashion-mnist", fashion)
    monkeypatch.setenv("DLNOTES_DATA", str(tmp_path / "local"))
    assert len(data.fashion_mnist("train")[0]) == 5


def test_missing_data_names_the_places_and_the_ways(fashion, tmp_path, monkeypatch):
    monkeypatch.setenv("DLNOTES_DATA", str(tmp_path / "local"))
    with pytest.raises(DataError) as raised:
        data.fashion_mnist("train")
    for part in ("local", "system", "cache", "python -m dlnotes data fashion_mnist", "dataset-fashion-mnist", "digits"):
        assert part in str(raised.value)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda packed: packed[:-20], "damaged or truncated"),
        (lambda packed: packed[:200] + bytes(50) + packed[250:], "damaged or truncated"),
        (lambda packed: b"<html>not found</html>", "damaged or truncated"),
        (lambda packed: gzip.compress(b"another file"), "not the right file: sha256 of its content is"),
    ],
)
def test_damaged_files_are_refused(fashion, tmp_path, damage, message):
    put(tmp_path / "root", {name: damage(content) for name, content in fashion.items()})
    with pytest.raises(DataError, match=message) as raised:
        data.fashion_mnist("train", tmp_path / "root")
    assert "train-images-idx3-ubyte.gz" in str(raised.value)


class Server(HTTPServer):
    """Serves files as the official place does; can cut answers short, ignore ranges, or hold other files."""

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Answer)
        self.files, self.cut, self.ranges, self.requests = files, None, True, []
        self.url = f"http://127.0.0.1:{self.server_port}/"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        server, wanted = self.server, self.headers["Range"]
        server.requests.append((self.path, wanted))
        content = server.files.get(self.path.strip("/").removesuffix(".gz"))
        if content is None:
            return self.send_error(404)
        start = int(re.match(r"bytes=(\d+)-", wanted)[1]) if wanted and server.ranges else 0
        if start >= len(content):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : server.cut])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(fashion, monkeypatch):
    with Server(dict(fashion)) as server:
        monkeypatch.setattr(data, "FASHION_MNIST_URL", server.url)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_download_brings_all_files_once(fashion, server, tmp_path):
    folder = data.download_fashion_mnist()
    assert folder == tmp_path / "cache/dlnotes/fashion-mnist"
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {f"{n}.gz": c for n, c in fashion.items()}
    assert len(data.fashion_mnist("train")[0]) == 5
    data.download_fashion_mnist()
    assert len(server.requests) == 4


def test_download_on_demand(fashion, server, tmp_path):
    assert len(data.fashion_mnist("test", tmp_path / "here", download=True)[0]) == 3
    assert len(data.fashion_mnist("test", tmp_path / "here", download=True)[0]) == 3
    assert len(server.requests) == 4


@pytest.mark.parametrize("ranges", [True, False])
def test_interrupted_download_continues(fashion, server, tmp_path, ranges):
    server.cut, server.ranges = 10, ranges
    with pytest.raises(DataError, match=r"broke off after 10 of .* bytes; run again to continue"):
        data.download_fashion_mnist(tmp_path / "here")
    assert [file.name for file in (tmp_path / "here").iterdir()] == ["train-images-idx3-ubyte.gz.part"]
    server.cut = None
    data.download_fashion_mnist(tmp_path / "here")
    assert server.requests[1] == ("/train-images-idx3-ubyte.gz", "bytes=10-")
    assert {file.name: file.read_bytes() for file in (tmp_path / "here").iterdir()} == {
        f"{name}.gz": content for name, content in fashion.items()
    }


def test_a_part_that_is_already_whole_is_taken(fashion, server, tmp_path):
    put(tmp_path / "here", {})
    name = "train-images-idx3-ubyte"
    (tmp_path / "here" / f"{name}.gz.part").write_bytes(fashion[name])
    data.download_fashion_mnist(tmp_path / "here")
    assert (tmp_path / "here" / f"{name}.gz").read_bytes() == fashion[name]


@pytest.mark.parametrize("wrong", [gzip.compress(b"another file", mtime=0), b"<html>moved</html>"])
def test_wrong_download_is_refused_and_removed(server, tmp_path, wrong):
    server.files["train-images-idx3-ubyte"] = wrong
    with pytest.raises(DataError, match=r"not the right file: sha256|damaged or truncated"):
        data.download_fashion_mnist(tmp_path / "here")
    assert list((tmp_path / "here").iterdir()) == []


def test_missing_on_the_server(server, tmp_path):
    del server.files["train-images-idx3-ubyte"]
    with pytest.raises(DataError, match="answered 404 Not Found; install Debian's package dataset-fashion-mnist"):
        data.download_fashion_mnist(tmp_path / "here")


def test_offline(fashion, tmp_path, monkeypatch):
    with Server({}) as closed:
        monkeypatch.setattr(data, "FASHION_MNIST_URL", closed.url)
    with pytest.raises(DataError, match=r"cannot download .* are you offline\? Run again to continue, or install"):
        data.download_fashion_mnist(tmp_path / "here")
    assert list((tmp_path / "here").iterdir()) == []


def test_the_real_fashion_mnist():
    """Where it is installed: the mean pixel of the 60,000 training images is 72.94 of 255 (0.2860)."""
    try:
        (images, labels), (test_images, _) = data.fashion_mnist("train"), data.fashion_mnist("test")
    except DataError as error:
        pytest.skip(str(error))
    assert (len(images), len(test_images)) == (60_000, 10_000)
    assert images.float().mean().item() / 255 == pytest.approx(0.2860, abs=5e-5)
    assert labels.bincount().tolist() == [6000] * len(data.FASHION_MNIST_CLASSES)
