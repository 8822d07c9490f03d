"""From a matplotlib `Figure` to an inline SVG: same bytes each time, themed, named, small."""

import re
from typing import Final
from xml.etree import ElementTree

from matplotlib.figure import Figure

from reports.charts.colour_roles import CSS_VARIABLE_OF
from reports.charts.raw_svg import raw_svg
from reports.charts.svg_path import compact

_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_LONG_NUMBER: Final = re.compile(r"-?\d+\.\d{2,}")
_PLACEHOLDER: Final = re.compile("|".join(CSS_VARIABLE_OF))
_URL: Final = re.compile(r"url\(#([^)]+)\)")
_FONT: Final = re.compile(r"font(-size|-family)?:[^;]*;?\s*")
_CLASS: Final = "class:"

STYLE_CLASSES: Final = {
    "fill:none;stroke:var(--grid);stroke-width:0.8;stroke-linejoin:miter;stroke-linecap:square": "s1",
    "fill:none;stroke:var(--muted);stroke-width:0.8;stroke-linejoin:miter": "s2",
    "text-anchor:middle;fill:var(--muted)": "s3",
    "text-anchor:end;fill:var(--muted)": "s4",
    "text-anchor:start;fill:var(--muted)": "s5",
    "fill:none;stroke:var(--muted);stroke-width:0.8;stroke-linejoin:miter;stroke-linecap:square": "s6",
    "fill:none;stroke-dasharray:2,3;stroke:var(--recommended)": "s7",
    "fill:none;stroke:var(--ok);stroke-width:2;stroke-linecap:square": "s8",
    "fill:none;stroke-dasharray:1.6,2.64;stroke:var(--estimate);stroke-width:1.6": "s9",
    "fill:none;stroke-dasharray:0.9,1.485;stroke:var(--estimate);stroke-width:0.9": "s10",
    "fill:none;stroke:var(--recommended);stroke-width:2.4;stroke-linecap:square": "s11",
    "fill:none;stroke-dasharray:3.7,1.6;stroke:var(--cap)": "s12",
    "fill:none;stroke:var(--now);stroke-width:1.4;stroke-linecap:square": "s13",
    "fill:none;stroke:var(--estimate);stroke-opacity:0.55;stroke-width:4;stroke-linecap:round": "s14",
    "text-anchor:middle;fill:var(--estimate)": "s15",
    "text-anchor:middle;fill:var(--recommended)": "s16",
    "text-anchor:middle;fill:var(--cap)": "s17",
    "text-anchor:middle;fill:var(--now)": "s18",
    "text-anchor:end;fill:var(--recommended)": "s19",
    "fill:var(--band);fill-opacity:0.2": "s20",
    "fill:none;stroke:var(--estimate);stroke-width:1.5;stroke-linecap:square": "s21",
    "fill:none;stroke-dasharray:5.92,2.56;stroke:var(--recommended);stroke-width:1.6": "s24",
    "fill:none;stroke-dasharray:1.8,2.97;stroke:var(--estimate);stroke-width:1.8": "s25",
    "fill:none;stroke:var(--ok);stroke-width:2;stroke-linecap:round": "s26",
    "fill:var(--ok);stroke:var(--ok)": "s27",
    "fill:var(--timeout);stroke:var(--timeout)": "s28",
    "fill:var(--estimate);stroke:var(--estimate)": "s29",
    "fill:var(--muted);opacity:0.12": "s30",
    "text-anchor:start;fill:var(--text)": "s31",
    "fill:none;stroke:var(--estimate);stroke-width:8.8;stroke-linejoin:miter;stroke-linecap:round": "s22",
    "fill:none;stroke:var(--paper);stroke-width:5.2;stroke-linejoin:miter;stroke-linecap:round": "s23",
}
"""The commonest styles as classes: a third of the size of a page with hundreds of charts."""


def style_sheet() -> str:
    """Return the rules of STYLE_CLASSES, for the page's own sheet."""
    rules = {name: style for style, name in STYLE_CLASSES.items()}
    return "".join(f".{name}{{{style}}}" for name, style in rules.items())


def to_svg(figure: Figure, *, prefix: str) -> str:
    """Return the figure as an `<svg>` element to be put into a page as it is.

    `prefix` makes the ids inside unique within the page. What names the drawing and what describes it are
    elements of the page beside it, with the ids `<prefix>-title` and `<prefix>-desc`.
    """
    root = ElementTree.fromstring(raw_svg(figure))
    for child in list(root):
        if child.tag == f"{{{_SVG}}}metadata" or child.find(f"{{{_SVG}}}style") is not None:
            root.remove(child)
    _rename(root, prefix)
    for element in root.iter():
        _tidy(element)
    _flatten(root)
    _class_of_the_group(root)
    _merge_neighbours(root)
    root.attrib.pop("version", None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title")
    root.set("aria-describedby", f"{prefix}-desc")
    del root.attrib["width"], root.attrib["height"]
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


def _rename(root: ElementTree.Element, prefix: str) -> None:
    """Drop unused ids, make others short and unique in the page, turn `class:` ids into classes."""
    used: set[str] = set()
    for element in root.iter():
        for value in element.attrib.values():
            used.update(_URL.findall(value))
        used.add(element.get(f"{{{_XLINK}}}href", "").removeprefix("#"))
    used.discard("")
    short = {name: f"{prefix}-{index}" for index, name in enumerate(sorted(used))}
    for element in root.iter():
        name = element.attrib.pop("id", None)
        if name is not None and name.startswith(_CLASS):
            element.set("class", name.removeprefix(_CLASS))
        elif name in short and name is not None:
            element.set("id", short[name])
        for key, value in list(element.attrib.items()):
            if "url(#" in value:
                element.set(key, _URL.sub(lambda found: f"url(#{short[found.group(1)]})", value))
        target = element.attrib.pop(f"{{{_XLINK}}}href", None)
        if target is not None:
            element.set("href", f"#{short[target[1:]]}" if target.startswith("#") else target)


def _tidy(element: ElementTree.Element) -> None:
    element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
    element.tail = None
    if element.text is not None and not element.text.strip():
        element.text = None
    for key, value in list(element.attrib.items()):
        if key == "d":
            value = compact(value)
        elif key in ("x", "y", "transform", "width", "height"):
            value = _LONG_NUMBER.sub(_short, value)
        elif key == "style":
            value = _PLACEHOLDER.sub(lambda found: CSS_VARIABLE_OF[found.group()], value)
            if element.tag == "text":
                value = _FONT.sub("", value)
            value = value.strip().replace(": ", ":").replace("; ", ";").replace("stroke-dashoffset:0;", "")
            if value in STYLE_CLASSES:
                del element.attrib["style"]
                element.set("class", STYLE_CLASSES[value])
                continue
        element.set(key, value)
    if element.tag == "text" and element.get("transform", "").startswith("rotate(-0"):
        del element.attrib["transform"]


def _flatten(element: ElementTree.Element) -> None:
    """Replace groups without attributes by their contents."""
    for child in list(element):
        _flatten(child)
        if child.tag in ("g", "defs") and not child.attrib:
            place = list(element).index(child)
            element.remove(child)
            if child.tag == "defs" and len(child):
                element.insert(place, child)
            elif child.tag == "g":
                for offset, grandchild in enumerate(list(child)):
                    element.insert(place + offset, grandchild)


def _class_of_the_group(element: ElementTree.Element) -> None:
    """Give the class of a group that holds one text to the text: a label of an axis is one."""
    for place, child in enumerate(list(element)):
        _class_of_the_group(child)
        if child.tag == "g" and set(child.attrib) == {"class"} and [one.tag for one in child] == ["text"]:
            (text,) = child
            text.set("class", f"{text.get('class', '')} {child.attrib['class']}".strip())
            element.remove(child)
            element.insert(place, text)


def _merge_neighbours(element: ElementTree.Element) -> None:
    """Join paths that follow each other and look alike, such as the lines of a grid; drop what is empty."""
    before: ElementTree.Element | None = None
    for child in list(element):
        _merge_neighbours(child)
        if child.tag in ("g", "defs") and not len(child):
            element.remove(child)
            continue
        plain = child.tag == "path" and set(child.attrib) == {"d", "class"}
        if plain and before is not None and before.get("class") == child.get("class"):
            before.set("d", before.get("d", "") + child.get("d", ""))
            element.remove(child)
            continue
        before = child if plain else None


def _short(found: re.Match[str]) -> str:
    text = f"{float(found.group()):.1f}"
    return text.removesuffix(".0")
