"""Reads a vector tile (Mapbox Vector Tile 2.1): layers, and the values of their features."""

import struct
from collections.abc import Iterator
from typing import Any


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 == 0:
            value, at = _varint(data, at)
        elif key & 7 == 2:
            size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            size = {1: 8, 5: 4}[key & 7]
            value, at = data[at : at + size], at + size
        yield key >> 3, value


def _value(data: bytes) -> Any:
    ((field, value),) = _fields(data)
    if field == 1:
        return value.decode()
    if field in (2, 3):
        return struct.unpack("<f" if field == 2 else "<d", value)[0]
    if field == 6:
        return (value >> 1) ^ -(value & 1)
    return bool(value) if field == 7 else value


def _numbers(data: bytes) -> list[int]:
    found, at = [], 0
    while at < len(data):
        value, at = _varint(data, at)
        found.append(value)
    return found


def decoded(tile: bytes) -> dict[str, list[dict[str, Any]]]:
    """The values of all features, by the name of the layer in the tile."""
    layers = {}
    for field, layer in _fields(tile):
        assert field == 3
        parts: dict[int, list[Any]] = {}
        for number, value in _fields(layer):
            parts.setdefault(number, []).append(value)
        keys = [key.decode() for key in parts.get(3, [])]
        values = [_value(value) for value in parts.get(4, [])]
        features = []
        for feature in parts.get(2, []):
            tags = next((_numbers(value) for number, value in _fields(feature) if number == 2), [])
            pairs = zip(tags[::2], tags[1::2], strict=True)
            features.append({keys[key]: values[value] for key, value in pairs})
        layers[parts[1][0].decode()] = features
    return layers
