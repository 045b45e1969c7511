"""A picture of a page as a small PNG: 256 colours are enough for text and areas."""

import struct
import zlib
from collections import Counter

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 256


def small_png(data: bytes) -> bytes:
    """The same picture with a palette. Reads 8-bit RGB or RGBA without interlacing, no other."""
    width, height, step, packed = _read(data)
    rows = _unfiltered(zlib.decompress(packed), width * step, step)
    pixels = [bytes(row[at : at + 3]) for row in rows for at in range(0, width * step, step)]
    counted = Counter(pixels)
    palette = [colour for colour, _ in counted.most_common(_COLOURS)]
    index = {colour: number for number, colour in enumerate(palette)}
    for colour in counted:
        if colour not in index:
            index[colour] = min(range(len(palette)), key=lambda n: _distance(palette[n], colour))
    lines = (
        b"\0" + bytes(index[each] for each in pixels[at : at + width])
        for at in range(0, width * height, width)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    body = zlib.compress(b"".join(lines), 9)
    parts = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", body), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(*part) for part in parts)


def _read(data: bytes) -> tuple[int, int, int, bytes]:
    """Width, height, bytes per pixel, packed rows."""
    at, packed = len(_SIGNATURE), b""
    width = height = step = 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        content = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", content)
            if depth != 8 or colours not in (2, 6) or interlaced:
                raise ValueError("not the PNG that Chromium writes")
            step = 3 if colours == 2 else 4
        elif kind == b"IDAT":
            packed += content
        at += length + 12
    return width, height, step, packed


def _unfiltered(data: bytes, length: int, step: int) -> list[bytearray]:
    rows = []
    above = bytearray(length)
    for at in range(0, len(data), length + 1):
        kind, row = data[at], bytearray(data[at + 1 : at + 1 + length])
        for n in range(length if kind else 0):
            left = row[n - step] if n >= step else 0
            corner = above[n - step] if n >= step else 0
            row[n] = (row[n] + _predicted(kind, left, above[n], corner)) & 255
        rows.append(row)
        above = row
    return rows


def _predicted(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 1:
        return left
    if kind == 2:
        return up
    if kind == 3:
        return (left + up) // 2
    guess = left + up - corner
    return min((left, up, corner), key=lambda each: abs(guess - each))


def _distance(one: bytes, two: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, two, strict=True))


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
