"""Compares every number of a page with the JSON inside it; what cannot be traced is a complaint."""

import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from jinja2 import Environment

from reports.charts.canvas import TICKS_MS
from reports.charts.data_table import text_of
from reports.charts.jobs import _TICKS_S
from reports.pages.template_engine import TEMPLATES
from reports.wording import numbers
from tests.support.reports.page_tree import Element, tree

DIGIT = re.compile(r"\d")
NUMBER = re.compile(r"[\d][\d.,]*(?: (?:ms|s|%|min|h|d)\b| %)*")
NOUN = re.compile(r"(?:,? [a-z/()]+)*")


def complaints(page: str) -> list[str]:
    """Return what on the page does not equal the JSON, one line each; empty when all of it does."""
    return list(TracedPage(page).complaints())


class TracedPage:
    """A page that was read: its texts may be changed, its JSON stays."""

    def __init__(self, page: str) -> None:
        self._root = tree(page)
        self.body = next(self._root.all("body"))
        texts = (one.text for one in self.body.all("script") if one.attributes.get("id") == "data")
        self._data = json.loads(next(texts))
        known, percentiles = _with_digits(self._data), _names(self._data)
        self._unknown_part = cache(lambda text: _unknown_part(text, percentiles, known))

    def complaints(self) -> Iterator[str]:
        """Yield what does not equal the JSON, one line each."""
        data = self._data
        for element in self.body.all():
            if "data-f" in element.attributes:
                yield from _of_number(element, data)
            if "data-rows" in element.attributes:
                yield from _of_table(element, data)
            if element.tag == "svg" and "aria-hidden" not in element.attributes:
                yield from _of_drawing(element, data)
        yield from _of_other_texts(self.body, self._unknown_part)
        title = next(self._root.all("title")).text
        if "headline" in data and not title.endswith(data["headline"]["text"]):
            yield f"title: {title!r}"


def place_of(element: Element) -> str:
    """Return the place in the JSON that the entry around an element has."""
    parts: list[str] = []
    for node in element.above():
        at = node.attributes.get("data-at")
        if at is not None:
            parts.insert(0, at)
            if at == "" or at.startswith("/"):
                break
    return "/".join(parts)


def value_at(data: Any, place: str) -> Any:
    for key in place.split("/")[1:]:
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data


def _of_number(element: Element, data: Any) -> Iterator[str]:
    field = element.attributes["data-f"]
    place = field if field.startswith("/") else f"{place_of(element)}/{field}"
    try:
        value = value_at(data, place)
    except (KeyError, IndexError, ValueError, TypeError):
        yield f"{place}: not in the JSON ({element.text!r})"
        return
    text, above = element.text.removeprefix("> "), element.text.startswith("> ")
    if place.endswith("/ms"):
        place = f"{place}_{'lower' if above else 'upper'}_ms"
    if not any(text == shown or _with_noun(text, shown) for shown in _shown(place, value)):
        yield f"{place}: {element.text!r}, in the JSON {value!r}"
    if "value" in element.attributes and element.attributes["value"] != str(value):
        yield f"{place}: value {element.attributes['value']!r}, in the JSON {value!r}"


def _with_noun(text: str, shown: str) -> bool:
    return text.startswith(f"{shown} ") and NOUN.fullmatch(text.removeprefix(shown)) is not None


def _shown(place: str, value: Any) -> Iterator[str]:
    """Every way in which a value of this field may be written."""
    field = place.rsplit("/", 1)[-1]
    if isinstance(value, str):
        yield value
    elif field.endswith("_at") or field in ("since", "until"):
        at = datetime.fromtimestamp(value, UTC)
        yield f"{at:%Y-%m-%d %H:%M:%S} UTC"
        yield from _zoned(at)
    elif field.endswith("_ms") or field == "ms":
        yield _of_bound(field)(value) if "/differences/" not in place else numbers.latency(value)
        yield numbers.quantile(value, "production")
        yield f"{'+' if value >= 0 else '−'}{numbers.latency(abs(value))}"
    elif field.endswith("_s"):
        yield from (numbers.seconds(value), numbers.duration(value), f"{value:g} s")
    elif field == "percentile":
        yield from (f"p{value * 100:g}", f"{value * 100:g}")
    elif field == "cut_off_at_most":
        yield numbers.share_at_most(value)
    elif isinstance(value, float) and "rate" not in field and value <= 5:
        yield from (numbers.share(value), f"{value * 100:g} %", numbers.plain(value))
    else:
        yield from (numbers.count(value), numbers.plain(value), str(value), numbers.rate(value))
        if value in (0, 1):
            yield numbers.share(value)


def _of_bound(field: str) -> Callable[[float], str]:
    """How a time of this name is rounded: up where calls end within it, down where they end later."""
    if "lower" in field:
        return numbers.at_least
    return numbers.at_most if re.search(r"upper|p\d+_ms|worst_p99", field) else numbers.latency


def _zoned(at: datetime) -> Iterator[str]:
    from zoneinfo import ZoneInfo

    local = at.astimezone(ZoneInfo("Europe/Berlin"))
    day = "" if local.date() == at.date() else f"{local:%Y-%m-%d} "
    yield f"{at:%Y-%m-%d %H:%M:%S} UTC ({day}{local:%H:%M} Europe/Berlin)"


def _figure(element: Element, data: Any) -> tuple[str, Any] | None:
    name = next((n.attributes["data-figure"] for n in element.above() if "data-figure" in n.attributes), None)
    return None if name is None else (name, value_at(data, f"{place_of(element)}/figures/{name}"))


def _of_table(table: Element, data: Any) -> Iterator[str]:
    known = _figure(table, data)
    assert known is not None
    name, figure = known
    where = f"{place_of(table)}/figures/{name}"
    heads = [one.text.strip() for one in next(table.all("thead")).all("th")]
    if heads != [head for head, _, _ in figure["columns"]]:
        yield f"{where}: headings {heads}"
    places = [
        tuple(int(n) for n in (part.split("-") * 2)[:2]) for part in table.attributes["data-rows"].split()
    ]
    rows = list(next(table.all("tbody")).all("tr"))
    if len(rows) != len(places):
        yield f"{where}: {len(rows)} rows for {len(places)} places"
    for row, (first, last) in zip(rows, places, strict=False):
        cells = [one for one in row.children if isinstance(one, Element)]
        for cell, (_, fields, kind) in zip(cells, figure["columns"], strict=True):
            at = [figure["fields"].index(field) for field in fields]
            raw = [line[at[0]] for line in figure["rows"][first : last + 1]]
            ends = [raw[0], figure["rows"][last][at[-1]]]
            wanted = text_of(sum(raw) if last > first else raw[0], kind)
            if len(at) == 2 and ends[0] != ends[1]:
                wanted = f"{text_of(ends[0], kind)} to {text_of(ends[1], kind)}"
            if cell.text.strip() != wanted:
                yield f"{where} rows {first}-{last}: {cell.text.strip()!r} instead of {wanted!r}"


def _of_drawing(svg: Element, data: Any) -> Iterator[str]:
    known = _figure(svg, data)
    place = place_of(svg)
    name, figure = known or ("", {"facts": {}, "rows": [], "fields": []})
    allowed = set(_drawn(place, name, figure, data))
    for text in svg.all("text"):
        names = sorted(map(re.escape, _names(data)), key=len, reverse=True)
        shown = re.sub(rf"\b({'|'.join(names)})\b", "", text.text)
        looks = text.attributes.get("class", "").split()
        if not DIGIT.search(shown):
            continue
        if "s3" in looks and known is None:
            if shown not in {numbers.duration(tick) for tick in _TICKS_S}:
                yield f"{place}: no round time on the axis: {shown!r}"
        elif "s3" in looks:
            off = abs(_place_on_axis(shown, figure["axis"]) - float(text.attributes["x"]))
            if off > 0.3:
                yield f"{place}: the tick {text.text!r} is {off:.0f} px away"
        elif "s4" in looks and float(text.attributes["x"]) < 52:
            tops = set(_lane_tops(figure)) if name == "timeline" else set()
            if shown not in _heights() | tops:
                yield f"{place}: {text.text!r} on the upright axis"
        else:
            rest = re.sub(r"\d+ to \d+ s", lambda one: "" if one[0] in allowed else one[0], shown)
            for found in NUMBER.findall(rest):
                if found.rstrip(",.") not in allowed:
                    yield f"{place}: {text.text!r} on the chart"


def _place_on_axis(text: str, axis: list[Any]) -> float:
    """Return where a tick with this label belongs, in pixels of the drawing."""
    scale, low, high = axis
    value = 0.0
    for amount, unit in re.findall(r"([\d.,]+)(?: (ms|s|min|h|days)\b)?", text):
        many = float(amount.replace(",", ""))
        seconds = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "days": 86_400.0}.get(unit)
        value += many if seconds is None else many * seconds * (1000.0 if scale == "log" else 1.0)
    f = math.log10 if scale == "log" else float
    return 52 + 494 * (f(value) - f(low)) / (f(high) - f(low)) if value or scale != "log" else math.inf


def _drawn(place: str, name: str, figure: Any, data: Any) -> Iterator[str]:
    """What may be written on a chart: the action's own numbers, the totals of lanes and their highest."""
    entry = value_at(data, place)
    for action in entry.get("runs", [entry]):
        for field, value in (action or {}).items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield from _shown(f"/{field}", value)
    for field, value in figure["facts"].items():
        if value is not None:
            yield from _shown(f"/{field}", value)
    summary = entry.get("summary") or {}
    for one in summary.get("series", ()):
        yield numbers.count(one["calls"])
    if summary.get("knee_in_flight"):
        yield numbers.plain(summary["knee_in_flight"])


def _lane_tops(figure: Any) -> Iterator[str]:
    """The highest value of each lane below the latencies over time."""
    columns = dict(zip(figure["fields"], zip(*figure["rows"], strict=True), strict=True))
    spans = zip(columns["start_s"], columns["end_s"], columns["calls"], strict=True)
    yield numbers.plain(max(calls / (end - start) for start, end, calls in spans))
    for field in ("timeouts", "errors", "schedule_lag_ms"):
        yield numbers.plain(max((value or 0 for value in columns.get(field, (0,))), default=0) or 1)


@cache
def _heights() -> set[str]:
    """Labels of upright axes: round times and decades of shares."""
    shares = {numbers.share(10.0**-depth) for depth in range(8)}
    return {numbers.latency(tick) for tick in TICKS_MS} | shares


def _of_other_texts(body: Element, unknown_part: Callable[[str], str]) -> Iterator[str]:
    """Any other text with a digit must be a text of the JSON, or one that stands in a template."""
    for element, place in body.texts():
        text = " ".join(str(element.children[place]).split())
        if DIGIT.search(text) and not _elsewhere(element) and DIGIT.search(unknown_part(text)):
            yield f"{text!r} is not in the JSON ({unknown_part(text)!r} remains)"


def _unknown_part(text: str, percentiles: set[str], known: list[str]) -> str:
    """Return what is left of a text without those of the templates and the JSON."""
    if any(text in static for static in _static()):
        return ""
    rest = text
    for one in (*_long_static(), *(one for one in known if len(one) > 5)):
        rest = rest.replace(one, "")
    rest = re.sub(r"\bp\d+(?:\.\d+)?\b", lambda found: "" if found[0] in percentiles else found[0], rest)
    for one in known:
        if len(one) <= 5:
            rest = rest.replace(one, "")
    return rest


def _with_digits(data: Any) -> list[str]:
    """Return the texts of the JSON that hold more than a number, the longest first."""
    texts = {one for one in _strings(data) if DIGIT.search(one) and re.search(r"[^\d]", one) and len(one) > 2}
    return sorted((" ".join(one.split()) for one in texts), key=len, reverse=True)


def _elsewhere(element: Element) -> bool:
    """Is the text checked by another rule?"""
    for node in element.above():
        if node.tag in ("script", "style", "svg") or "data-f" in node.attributes:
            return True
        if "data-rows" in node.attributes:
            return True
    return False


def _names(data: Any) -> set[str]:
    """Names of quantiles: those of every page, and the one the settings ask for."""
    return {"p50", "p95"} | {f"p{one * 100:g}" for one in _percentiles(data)}


def _percentiles(data: Any) -> Iterator[float]:
    yield from (data[key] for key in ("percentile",) if key in data)
    yield from (one["percentile"] for one in data.get("actions", ()) if "percentile" in one)
    if "settings" in data:
        yield data["settings"]["percentile"]
    for place in data.get("places", ()):
        yield from (one["percentile"] for one in place["actions"])
    yield from (place["percentile"] for place in data.get("places", ()) if place.get("percentile"))


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value)


@cache
def _static() -> tuple[str, ...]:
    """Texts between the tags of the templates (and a chart's key), where no number of ours can be."""
    found = ["99 of 100 (p99)"]
    for path in TEMPLATES.glob("*.j2"):
        tokens = Environment().lex(path.read_text(encoding="utf-8"))
        for _, kind, text in tokens:
            if kind == "data":
                found += [" ".join(part.split()) for part in re.split(r"<[^>]*>", text) if DIGIT.search(part)]
    return tuple(found)


@cache
def _long_static() -> tuple[str, ...]:
    return tuple(sorted((one for one in _static() if len(one) > 7), key=len, reverse=True))
