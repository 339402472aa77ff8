"""Rings of degrees in few characters (Google's encoded polyline, six decimals), for addresses.

https://developers.google.com/maps/documentation/utilities/polylinealgorithm
"""

PRECISION = 1e6
MOST_POINTS = 1000


class UnreadableError(Exception):
    """The text is no ring of points on a map."""


def decoded(text: str) -> list[tuple[float, float]]:
    """Return longitude and latitude of each point.

    Raises
    ------
    UnreadableError
        If the text is no polyline, too long, or leaves the globe.
    """
    numbers, value, shift = [], 0, 0
    for character in text:
        part = ord(character) - 63
        if not 0 <= part < 64 or shift > 35:
            raise UnreadableError
        value |= (part & 31) << shift
        shift += 5
        if part < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift or len(numbers) % 2 or len(numbers) > 2 * MOST_POINTS:
        raise UnreadableError
    points, lat, lon = [], 0, 0
    for north, east in zip(numbers[::2], numbers[1::2], strict=True):
        lat, lon = lat + north, lon + east
        points.append((lon / PRECISION, lat / PRECISION))
    if any(abs(x) > 180 or abs(y) > 85 for x, y in points):
        raise UnreadableError
    return points
