"""A small builder of SVG: elements as data, escaped once, written at the end."""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

FONT = "Inter"
Point = tuple[float, float]


@dataclass(frozen=True)
class Element:
    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple["Element | str", ...] = ()


def _printed(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)


def element(name: str, *children: Element | str, **attributes: object) -> Element:
    """Make an element; underscores in attribute names stand for hyphens, None leaves one out."""
    kept = tuple(
        (key.rstrip("_").replace("_", "-"), _printed(value))
        for key, value in attributes.items()
        if value is not None
    )
    return Element(name, kept, children)


def group(children: Iterable[Element], **attributes: object) -> Element:
    return element("g", *children, **attributes)


def text(x: float, y: float, content: str, *, size: float = 8.0, **attributes: object) -> Element:
    return element("text", content, x=x, y=y, font_size=size, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> Element:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def box(x: float, y: float, width: float, height: float, **attributes: object) -> Element:
    return element("rect", x=x, y=y, width=max(0.0, width), height=max(0.0, height), **attributes)


def path_data(parts: Iterable[Iterable[Point]], *, closed: bool) -> str:
    """Write rings or lines as the `d` of a path."""
    written = []
    for part in parts:
        points = [f"{_printed(float(x))} {_printed(float(y))}" for x, y in part]
        if points:
            written.append("M" + "L".join(points) + ("Z" if closed else ""))
    return "".join(written)


def path(
    parts: Iterable[Iterable[Point]], *, closed: bool = False, **attributes: object
) -> Element:
    return element("path", d=path_data(parts, closed=closed), **attributes)


def hatch(name: str, ground: str, stroke: str, step: float = 4.0) -> Element:
    """Make a pattern of 45 degree lines over a ground."""
    return element(
        "pattern",
        box(0, 0, step, step, fill=ground),
        line(0, 0, 0, step, stroke=stroke, stroke_width=step * 0.36),
        id=name,
        width=step,
        height=step,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )


def written(node: Element | str) -> str:
    if isinstance(node, str):
        return escape(_legal(node))
    attributes = "".join(f" {key}={quoteattr(_legal(value))}" for key, value in node.attributes)
    inside = "".join(written(child) for child in node.children)
    return f"<{node.name}{attributes}>{inside}</{node.name}>"


def _legal(content: str) -> str:
    """Drop the control characters that XML forbids."""
    return "".join(c for c in content if c >= " " or c in "\t\n")


def drawing(width: float, height: float, *children: Element, ink: str) -> str:
    """Write a whole drawing; one unit is one printer's point."""
    root = element(
        "svg",
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_printed(float(width))} {_printed(float(height))}",
        width=f"{_printed(float(width))}",
        height=f"{_printed(float(height))}",
        font_family=FONT,
        fill=ink,
    )
    return written(root)
