"""Data sets: found locally or, when asked for, downloaded from their official place; every file is checked by its hash.

>>> images, labels = digits("test")
>>> images.shape, labels.shape
(torch.Size([360, 8, 8]), torch.Size([360]))

Nothing here touches the network unless a download is asked for.
"""

import gzip
import hashlib
import os
import struct
import tarfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float64, Int64, UInt8
from torch import Tensor

FASHION_MNIST_URL = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"  # checked by hash, so http will do
SYSTEM_FOLDER = Path("/usr/share/datasets")  # where Debian's dataset packages install
FASHION_MNIST_CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
CIFAR10_URL = "https://www.cs.toronto.edu/~kriz/"
CIFAR10_ARCHIVE = "cifar-10-binary.tar.gz"
CIFAR10_CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip

PENGUIN_SPECIES = ("Adelie", "Chinstrap", "Gentoo")
PENGUIN_MEASUREMENTS = ("bill length (mm)", "bill depth (mm)", "flipper length (mm)", "body mass (g)")
DIABETES_FEATURES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")

# Data set -> file -> sha256 of the unpacked content, since others may pack it anew.
SHA256 = {
    "fashion_mnist": {
        "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
    "cifar10": {
        "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
        "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
        "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
        "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
        "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
        "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    },
    "digits": {"digits.npz": "b2dab7b501728c22e9119ad76740b2e17c77a231e42d1e592380d90886f1a05e"},
    "penguins": {"penguins.npz": "f4277f1de2ff1074e92e63656ab195a868a3007c7c0dc58c1539160f9b32ce1c"},
    "diabetes": {"diabetes.npz": "b65462e05a780939f4e2a8ea50e68a92ad0104b580096cc7571dde43b072a02b"},
}
CIFAR10_ARCHIVE_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"  # of the packed file
DIGITS_TRAIN = 1437  # the first 80 % of the 1797 images, in the original order

_SIZES = {"fashion_mnist": "30 MB", "cifar10": "170 MB"}  # of the downloads
_OTHER_WAYS = {
    "fashion_mnist": "install Debian's package dataset-fashion-mnist, or copy it into $DLNOTES_DATA/fashion-mnist",
    "cifar10": f"copy {CIFAR10_ARCHIVE}, or the six .bin files in it, into $DLNOTES_DATA/cifar-10",
}

Split = Literal["train", "test"]


class DataError(RuntimeError):
    """A data set is missing, damaged or cannot be downloaded; the message says what to do."""


def digits(split: Split = "train") -> tuple[UInt8[Tensor, "n 8 8"], Int64[Tensor, " n"]]:
    """Handwritten digits, 8×8 pixels from 0 to 16, with their labels 0 … 9; comes with dlnotes.

    Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository (1998), CC BY 4.0:
    its test part, 1797 images, as scikit-learn's `load_digits` has it. Train is the first 1437, test the last 360.

    Args:
        split: "train" or "test".

    Returns:
        Images of shape (n, 8, 8), and labels of shape (n,).

    Raises:
        ValueError: `split` is neither.
        DataError: the file that came with dlnotes is damaged.
    """
    _check_split(split)
    part = slice(DIGITS_TRAIN) if split == "train" else slice(DIGITS_TRAIN, None)
    arrays = _embedded("digits")
    return torch.from_numpy(arrays["images"][part]), torch.from_numpy(arrays["labels"][part].astype(np.int64))


def penguins() -> tuple[Float64[Tensor, "342 4"], Int64[Tensor, "342"]]:
    """Sizes of 342 adult penguins of three species, from the Palmer Archipelago, Antarctica; comes with dlnotes.

    Gorman, Williams and Fraser, PLoS ONE 9(3): e90081 (2014), CC0, as the package palmerpenguins 0.1.6 (Horst, Hill and
    Gorman, 2020) has it, without the two penguins that were not measured.

    Returns:
        One penguin a row: bill length, bill depth and flipper length in mm, body mass in g (PENGUIN_MEASUREMENTS),
        shape (342, 4); and the species, indices of PENGUIN_SPECIES, shape (342,).
    """
    arrays = _embedded("penguins")
    return torch.from_numpy(arrays["measurements"]), torch.from_numpy(arrays["species"].astype(np.int64))


def diabetes() -> tuple[Float64[Tensor, "442 10"], Float64[Tensor, "442"]]:
    """Ten measurements of 442 diabetes patients and how far the disease went in the next year; comes with dlnotes.

    Efron, Hastie, Johnstone and Tibshirani, "Least angle regression", Annals of Statistics 32 (2004), as scikit-learn's
    `load_diabetes(scaled=False)` has it (BSD 3-clause licence).

    Returns:
        One patient a row, as measured: age in years, sex coded 1 or 2, body mass index, blood pressure and six blood
        serum values (DIABETES_FEATURES), shape (442, 10); and the disease progression, a score from 25 to 346,
        shape (442,).
    """
    arrays = _embedded("diabetes")
    return torch.from_numpy(arrays["features"]), torch.from_numpy(arrays["target"])


def fashion_mnist(
    split: Split = "train", root: str | Path | None = None, download: bool = False
) -> tuple[UInt8[Tensor, "n 28 28"], Int64[Tensor, " n"]]:
    """Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017; MIT licence): 60,000 train and 10,000 test images with labels.

    Args:
        split: "train" or "test".
        root: folder that holds the four files, packed (.gz) or not. By default they are sought in
            `$DLNOTES_DATA/fashion-mnist`, in the Debian package's /usr/share/datasets/fashion-mnist, and in
            `~/.cache/dlnotes/fashion-mnist` (under `$XDG_CACHE_HOME` if that is set).
        download: whether to download what is not found, into root or else the last of these folders.

    Returns:
        Images, 0 (background) to 255, of shape (n, 28, 28); labels, indices of FASHION_MNIST_CLASSES, of shape (n,).

    Raises:
        DataError: where there are no such files, or where they are damaged.
    """
    _check_split(split)
    prefix = "train" if split == "train" else "t10k"
    names = (f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte")
    folders = _folders("fashion-mnist", root)
    if download and not all(_find((f"{name}.gz", name), folders) for name in names):
        download_fashion_mnist(root)
    images, labels = (_read_idx(name, folders) for name in names)
    return torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))


def download_fashion_mnist(folder: str | Path | None = None) -> Path:
    """Download the four files of Fashion-MNIST (30 MB) where they are not there yet.

    An interrupted download continues where it stopped; a file takes its name only when its hash is right.

    Args:
        folder: where to put them; None: the folder `fashion-mnist` in `cache_folder`.

    Returns:
        The folder.

    Raises:
        DataError: the server does not answer, or what came is not the right file.
    """
    folder = Path(folder) if folder else cache_folder() / "fashion-mnist"
    for name, sha256 in SHA256["fashion_mnist"].items():
        _download("fashion_mnist", f"{FASHION_MNIST_URL}{name}.gz", folder, _unpacked, sha256)
    return folder


def cifar10(
    split: Split = "train", root: str | Path | None = None, download: bool = False
) -> tuple[UInt8[Tensor, "n 3 32 32"], Int64[Tensor, " n"]]:
    """CIFAR-10 (Krizhevsky, 2009): 50,000 train and 10,000 test photographs in colour, with labels.

    Args:
        split: "train" or "test".
        root: folder that holds the archive of the binary version, cifar-10-binary.tar.gz, or the six .bin files that
            it contains. By default they are sought in `$DLNOTES_DATA/cifar-10`, in /usr/share/datasets/cifar-10, and
            in `~/.cache/dlnotes/cifar-10` (under `$XDG_CACHE_HOME` if that is set).
        download: whether to download the archive if nothing is found, into root or else the last of these folders.

    Returns:
        Images, red, green and blue from 0 to 255, of shape (n, 3, 32, 32); labels, indices of CIFAR10_CLASSES, of
        shape (n,).

    Raises:
        DataError: where there are no such files, or where they are damaged.
    """
    _check_split(split)
    names = [name for name in SHA256["cifar10"] if name.startswith("test") == (split == "test")]
    folders = _folders("cifar-10", root)
    if download and not all(_find((name, CIFAR10_ARCHIVE), folders) for name in names):
        download_cifar10(root)
    batches = np.concatenate([_read_cifar10(name, folders) for name in names])
    return torch.from_numpy(batches[:, 1:].reshape(-1, 3, 32, 32)), torch.from_numpy(batches[:, 0].astype(np.int64))


def download_cifar10(folder: str | Path | None = None) -> Path:
    """Download the archive of CIFAR-10's binary version (170 MB) where it is not there yet.

    An interrupted download continues where it stopped; the archive takes its name only when its hash is right.

    Args:
        folder: where to put it; None: the folder `cifar-10` in `cache_folder`.

    Returns:
        The folder.

    Raises:
        DataError: the server does not answer, or what came is not the right file.
    """
    folder = Path(folder) if folder else cache_folder() / "cifar-10"
    _download("cifar10", CIFAR10_URL + CIFAR10_ARCHIVE, folder, Path.read_bytes, CIFAR10_ARCHIVE_SHA256)
    return folder


def cache_folder() -> Path:
    """Where downloads go: `$XDG_CACHE_HOME/dlnotes`, or else `~/.cache/dlnotes`.

    Returns:
        The folder, whether it exists or not.
    """
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dlnotes"


def _embedded(name: str) -> dict[str, np.ndarray]:
    """The arrays of a data set that comes with dlnotes."""
    file = Path(__file__).with_name(f"{name}.npz")
    _check_content(file, file.read_bytes(), SHA256[name][file.name], "reinstall dlnotes")
    with np.load(file) as arrays:
        return dict(arrays)


def _check_split(split: str) -> None:
    if split not in ("train", "test"):
        raise ValueError(f"split is {split!r}, expected 'train' or 'test'")


def _folders(name: str, root: str | Path | None) -> list[Path]:
    """Where a data set is sought: in root, or else in the reader's folder, the system's and the cache."""
    if root:
        return [Path(root)]
    local = [Path(os.environ["DLNOTES_DATA"])] if os.environ.get("DLNOTES_DATA") else []
    return [folder / name for folder in (*local, SYSTEM_FOLDER, cache_folder())]


def _find(names: tuple[str, ...], folders: list[Path]) -> Path | None:
    """The first file with one of these names."""
    return next((folder / name for folder in folders for name in names if (folder / name).is_file()), None)


def _found(dataset: str, names: tuple[str, ...], folders: list[Path]) -> Path:
    """The first file with one of these names, or an error that says how to get the data set."""
    if file := _find(names, folders):
        return file
    raise DataError(
        f"no file {' or '.join(names)} in {', '.join(map(str, folders))}; run `python -m dlnotes data {dataset}` "
        f"({_SIZES[dataset]}), or {_OTHER_WAYS[dataset]}; dlnotes.data.digits needs no download"
    )


def _read_idx(name: str, folders: list[Path]) -> np.ndarray:
    """The array in an IDX file of bytes: magic number 0x0800 + rank, the sizes as big-endian int32, the values."""
    file = _found("fashion_mnist", (f"{name}.gz", name), folders)
    content = _unpacked(file)
    _check_content(file, content, SHA256["fashion_mnist"][name], "delete it and get it anew")
    rank = content[3]
    sizes = struct.unpack_from(f">{rank}i", content, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(sizes).copy()


def _read_cifar10(name: str, folders: list[Path]) -> np.ndarray:
    """Rows of bytes, one image each: its label, then 1024 red, 1024 green and 1024 blue values."""
    file = _found("cifar10", (name, CIFAR10_ARCHIVE), folders)
    content = file.read_bytes() if file.name == name else _member(file, name)
    _check_content(file, content, SHA256["cifar10"][name], "delete it and get it anew")
    return np.frombuffer(content, np.uint8).reshape(-1, 1 + 3 * 32 * 32)


def _member(archive: Path, name: str) -> bytes:
    """The content of one file in an archive, whatever its folder there."""
    try:
        with tarfile.open(archive) as tar:
            return next(tar.extractfile(entry).read() for entry in tar if Path(entry.name).name == name)
    except (OSError, EOFError, zlib.error, tarfile.TarError, StopIteration) as error:
        reason = str(error) or f"it holds no {name}"
        raise DataError(f"{archive} is damaged or truncated ({reason}); delete it and get it anew") from error


def _unpacked(file: Path) -> bytes:
    if ".gz" not in file.suffixes:
        return file.read_bytes()
    try:
        return gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{file} is damaged or truncated ({error}); delete it and get it anew") from error


def _check_content(file: Path, content: bytes, expected: str, remedy: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise DataError(
            f"{file} is not the right file: sha256 of its content is {found}, expected {expected}; {remedy}"
        )


def _download(dataset: str, url: str, folder: Path, read: Callable[[Path], bytes], sha256: str) -> None:
    """Download a file into a folder unless it is there; it takes its name only when what read finds in it is right."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / url.rpartition("/")[2]
    if file.exists():
        return
    part = folder / f"{file.name}.part"
    _fetch(url, part, _OTHER_WAYS[dataset])
    try:
        _check_content(part, read(part), sha256, "run again to download it anew")
    except DataError:
        part.unlink()
        raise
    os.replace(part, file)


def _fetch(url: str, part: Path, other_ways: str) -> None:
    """Download url into the file part, continuing what it already holds."""
    from tqdm import tqdm

    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            have = have if response.status == 206 else 0  # a server without ranges sends it all
            size = have + int(response.headers.get("Content-Length", 0))  # unknown: the hash decides
            bar = tqdm(desc=part.stem, initial=have, total=size, unit="B", unit_scale=True, disable=None)
            with bar, open(part, "ab" if have else "wb") as file:
                while block := response.read(1 << 16):
                    bar.update(file.write(block))
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing lies beyond what part holds: its hash decides
            return
        raise DataError(f"{url} answered {error.code} {error.reason}; {other_ways}") from error
    except OSError as error:
        raise DataError(
            f"cannot download {url} ({error}); are you offline? Run again to continue, or {other_ways}"
        ) from error
    if part.stat().st_size < size:
        raise DataError(f"{url} broke off after {part.stat().st_size} of {size} bytes; run again to continue")
