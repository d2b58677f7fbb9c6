"""Data: the embedded digits, Fashion-MNIST wherever it may lie, and downloads from a server on this machine."""

import gzip
import hashlib
import io
import re
import struct
import tarfile
import threading
from contextlib import contextmanager
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


@pytest.mark.parametrize("load", [data.digits, data.fashion_mnist, data.cifar10])
def test_unknown_split_is_refused(load):
    with pytest.raises((ValueError, TypeError), match="split"):
        load("validation")


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """No data set is found on this machine."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("DLNOTES_DATA", raising=False)
    monkeypatch.setattr(data, "SYSTEM_FOLDER", tmp_path / "system")


@pytest.fixture
def fashion(nowhere, monkeypatch):
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
        wanted_file = self.path.strip("/")
        content = server.files.get(wanted_file, server.files.get(wanted_file.removesuffix(".gz")))
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


@contextmanager
def serving(files):
    with Server(dict(files)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def server(fashion, monkeypatch):
    with serving(fashion) as server:
        monkeypatch.setattr(data, "FASHION_MNIST_URL", server.url)
        yield server


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


# CIFAR-10

ARCHIVE = data.CIFAR10_ARCHIVE


def packed(files):
    """The files in an archive, in the folder that the official one has."""
    with io.BytesIO() as out:
        with tarfile.open(fileobj=out, mode="w:gz") as tar:
            for name, content in files.items():
                entry = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        return out.getvalue()


@pytest.fixture
def cifar(nowhere, monkeypatch):
    """Six small batches of two images in place of the real ones; name -> content."""
    generator = np.random.default_rng(0)
    files = {
        name: b"".join(bytes([generator.integers(10)]) + generator.bytes(3072) for _ in range(2))
        for name in data.SHA256["cifar10"]
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    monkeypatch.setitem(data.SHA256, "cifar10", hashes)
    monkeypatch.setattr(data, "CIFAR10_ARCHIVE_SHA256", hashlib.sha256(packed(files)).hexdigest())
    return files


def lay(folder, files):
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


@pytest.mark.parametrize("as_archive", [True, False])
@pytest.mark.parametrize("place", ["root", "local/cifar-10", "system/cifar-10", "cache/dlnotes/cifar-10"])
def test_cifar10_is_found(cifar, tmp_path, monkeypatch, place, as_archive):
    monkeypatch.setenv("DLNOTES_DATA", str(tmp_path / "local"))
    lay(tmp_path / place, {ARCHIVE: packed(cifar)} if as_archive else cifar)
    root = tmp_path / "root" if place == "root" else None
    for split, names in (
        ("train", [f"data_batch_{number}.bin" for number in range(1, 6)]),
        ("test", ["test_batch.bin"]),
    ):
        images, labels = data.cifar10(split, root)
        assert images.shape == (2 * len(names), 3, 32, 32) and images.dtype == torch.uint8
        assert labels.dtype == torch.int64
        rows = [cifar[name][start : start + 3073] for name in names for start in (0, 3073)]
        assert labels.tolist() == [row[0] for row in rows]
        assert [image.numpy().tobytes() for image in images] == [row[1:] for row in rows]


def test_missing_cifar10_names_the_places_and_the_ways(cifar):
    with pytest.raises(DataError) as raised:
        data.cifar10("train")
    for part in (
        "system/cifar-10",
        "cache",
        f"or {ARCHIVE}",
        "python -m dlnotes data cifar10` (170 MB)",
        "six .bin files",
    ):
        assert part in str(raised.value)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda files: {ARCHIVE: packed(files)[:5000]}, "damaged or truncated"),
        (lambda files: {ARCHIVE: b"<html>not found</html>"}, "damaged or truncated"),
        (lambda files: {ARCHIVE: packed({"readme.html": b""})}, "it holds no data_batch_1.bin"),
        (lambda files: {ARCHIVE: packed({name: content[:3073] for name, content in files.items()})}, "not the right"),
        (lambda files: {name: content[:3073] for name, content in files.items()}, "not the right file: sha256"),
    ],
)
def test_damaged_cifar10_is_refused(cifar, tmp_path, damage, message):
    lay(tmp_path / "root", damage(cifar))
    with pytest.raises(DataError, match=message):
        data.cifar10("train", tmp_path / "root")


@pytest.fixture
def cifar_server(cifar, monkeypatch):
    with serving({ARCHIVE: packed(cifar)}) as server:
        monkeypatch.setattr(data, "CIFAR10_URL", server.url)
        yield server


def test_cifar10_is_downloaded_once_on_demand(cifar_server, tmp_path):
    assert len(data.cifar10("test", download=True)[0]) == 2
    assert len(data.cifar10("train", download=True)[0]) == 10
    assert data.download_cifar10() == tmp_path / "cache/dlnotes/cifar-10"
    assert len(cifar_server.requests) == 1
    assert [file.name for file in (tmp_path / "cache/dlnotes/cifar-10").iterdir()] == [ARCHIVE]


def test_interrupted_download_of_cifar10_continues(cifar, cifar_server, tmp_path):
    cifar_server.cut = 1000
    with pytest.raises(DataError, match="broke off after 1000 of"):
        data.download_cifar10(tmp_path / "here")
    cifar_server.cut = None
    data.download_cifar10(tmp_path / "here")
    assert cifar_server.requests[1] == (f"/{ARCHIVE}", "bytes=1000-")
    assert (tmp_path / "here" / ARCHIVE).read_bytes() == packed(cifar)


def test_wrong_download_of_cifar10_is_refused_and_removed(cifar_server, tmp_path):
    cifar_server.files[ARCHIVE] = packed({"test_batch.bin": b"other"})
    with pytest.raises(DataError, match=f"{ARCHIVE}.part is not the right file"):
        data.download_cifar10(tmp_path / "here")
    assert list((tmp_path / "here").iterdir()) == []


def test_cifar10_missing_on_the_server(cifar_server, tmp_path):
    cifar_server.files.clear()
    with pytest.raises(DataError, match=f"answered 404 Not Found; copy {ARCHIVE}"):
        data.download_cifar10(tmp_path / "here")


def test_the_real_cifar10():
    """Where it is installed: the well-known means of the three colours over the 50,000 training images."""
    try:
        (images, labels), (test_images, _) = data.cifar10("train"), data.cifar10("test")
    except DataError as error:
        pytest.skip(str(error))
    assert (len(images), len(test_images)) == (50_000, 10_000)
    means = images.transpose(0, 1).flatten(1).double().mean(1) / 255
    assert means.tolist() == pytest.approx([0.4914, 0.4822, 0.4465], abs=5e-5)
    assert labels.bincount().tolist() == [5000] * len(data.CIFAR10_CLASSES)


def test_the_real_fashion_mnist():
    """Where it is installed: the mean pixel of the 60,000 training images is 72.94 of 255 (0.2860)."""
    try:
        (images, labels), (test_images, _) = data.fashion_mnist("train"), data.fashion_mnist("test")
    except DataError as error:
        pytest.skip(str(error))
    assert (len(images), len(test_images)) == (60_000, 10_000)
    assert images.float().mean().item() / 255 == pytest.approx(0.2860, abs=5e-5)
    assert labels.bincount().tolist() == [6000] * len(data.FASHION_MNIST_CLASSES)
