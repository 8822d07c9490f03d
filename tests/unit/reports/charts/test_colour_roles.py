import re
from typing import get_args

from reports.charts.colour_roles import PRINT_COLOURS
from reports.pages.template_engine import TEMPLATES
from reports.wording.verdict_words import Tone


def test_a_png_has_the_colours_of_the_light_page() -> None:
    sheet = (TEMPLATES / "styles" / "0-colours.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([\w-]+): light-dark\((#\w+),", sheet))

    for role in PRINT_COLOURS.__dataclass_fields__:
        if role != "paper":  # slides are white
            assert light[role] == getattr(PRINT_COLOURS, role), role


def test_text_can_be_read_on_every_ground() -> None:
    """WCAG 1.4.3: 4.5 to 1 for every pair of text and ground the sheet uses, in both themes."""
    sheet = (TEMPLATES / "styles" / "0-colours.css").read_text(encoding="utf-8")
    pairs = {name: (light, dark) for name, light, dark in _colours(sheet)}
    texts = ("text", "muted", "link", "recommended", "estimate", "cap", "timeout", "error", "ok")
    grounds = [(text, ground) for text in texts for ground in ("paper", "raised")]
    grounds += [
        ("text", "sunken"),
        *((f"{tone}-ink", f"{tone}-soft") for tone in get_args(Tone)),
    ]
    for theme in (0, 1):
        for text, ground in grounds:
            assert _contrast(pairs[text][theme], pairs[ground][theme]) >= 4.5, (text, ground, theme)


def _colours(sheet: str) -> list[tuple[str, str, str]]:
    return re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", sheet)


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_tone_has_a_ground_and_an_ink_of_its_own() -> None:
    sheet = (TEMPLATES / "styles" / "0-colours.css").read_text(encoding="utf-8")
    chips = (TEMPLATES / "styles" / "2-tables.css").read_text(encoding="utf-8")
    pairs = {name: (light, dark) for name, light, dark in _colours(sheet)}

    for part in ("soft", "ink"):
        assert len({pairs[f"{tone}-{part}"] for tone in get_args(Tone)}) == len(get_args(Tone))
    assert all(f".chip.is-{tone} " in chips for tone in get_args(Tone) if tone != "aside")
