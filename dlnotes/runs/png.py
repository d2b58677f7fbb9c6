"""Pictures as PNG files, greyscale or RGB with 8 bits, by nothing but the standard library and numpy.

>>> picture = np.arange(12, dtype=np.uint8).reshape(3, 4)
>>> (decode(encode(picture)) == picture).all()
np.True_
"""

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {1: 0, 3: 2}  # channels -> PNG's colour type


def encode(pixels: np.ndarray) -> bytes:
    """PNG of an array of bytes.

    Args:
        pixels: shape (height, width) or (height, width, 3).

    Returns:
        The file's content.

    Raises:
        ValueError: the array has another type or shape.
    """
    if pixels.dtype != np.uint8 or not pixels.size or pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,)):
        raise ValueError(
            f"a picture is uint8 of shape (height, width) or (height, width, 3), got {pixels.dtype} {pixels.shape}"
        )
    height, width = pixels.shape[:2]
    channels = pixels.size // (height * width)
    header = struct.pack(">IIBBBBB", width, height, 8, COLOUR_TYPES[channels], 0, 0, 0)
    rows = pixels.reshape(height, -1)
    rows = np.hstack([np.zeros((height, 1), np.uint8), rows])  # every row begins with its filter: 0, none
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), level=9)), (b"IEND", b"")]
    return SIGNATURE + b"".join(map(_chunk, *zip(*chunks, strict=True)))


def decode(data: bytes) -> np.ndarray:
    """The array of bytes of a picture that `encode` made.

    Args:
        data: the file's content.

    Returns:
        Pixels, shape (height, width) or (height, width, 3).

    Raises:
        ValueError: it is no such picture.
    """
    if not data.startswith(SIGNATURE):
        raise ValueError("no PNG: it does not begin with PNG's signature")
    chunks, place = {}, len(SIGNATURE)
    while place < len(data):
        size, name = struct.unpack_from(">I4s", data, place)
        chunks[name] = data[place + 8 : place + 8 + size]
        (check,) = struct.unpack_from(">I", data, place + 8 + size)
        if check != zlib.crc32(name + chunks[name]):
            raise ValueError(f"damaged PNG: the checksum of its {name.decode()} is wrong")
        place += 12 + size
    width, height, depth, colour_type = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)
    if depth != 8 or colour_type not in COLOUR_TYPES.values() or rows[:, 0].any():
        raise ValueError("a PNG of another kind than those that dlnotes writes")
    return rows[:, 1:].reshape((height, width) if colour_type == 0 else (height, width, 3))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
