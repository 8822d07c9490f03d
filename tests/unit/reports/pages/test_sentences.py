"""The numbers in an action's sentence are numbers of its own entry in the JSON."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from analysis.verdicts.analysis_json import analysis_to_json
from analysis.verdicts.recommend import recommend
from tests.support.sample_tables import calls, lognormal, sample_set

AMOUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?)(?: (%|s|ms|min|h|days))?(?![\d.])")
COMPOUND = re.compile(r"(\d+) min (\d+) s")
SIZES = {"%": 0.01, "s": 1000.0, "ms": 1.0, "min": 60_000.0, "h": 3_600_000.0, "days": 86_400_000.0, "": 1.0}

SHAPES = {
    "raise": (lognormal(3000, 6.0, seed=1), 5),
    "lower": (lognormal(4000, 0.8, seed=2), 60),
    "probe": (lognormal(2000, 9.0, seed=3), 3),
    "few": (lognormal(150, 2.0, seed=4), 10),
    "fits": (lognormal(3000, 2.4, seed=5), 3),
    "over the cap": (lognormal(6000, 45.0, seed=6), 60),
}


def numbers_of(row: dict[str, Any], settings: dict[str, Any]) -> Iterator[float]:
    """Every number of the entry in ms where it is a time, and the percentile's words."""
    for name, value in {**row, **settings}.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield value * 1000.0 if name.endswith("_s") else float(value)
    yield from (float(word) for word in (row["next_command"] or "").split() if word.isdecimal())
    yield from (settings["percentile"] * 100, 100.0, 1 - settings["percentile"])


@pytest.mark.parametrize("shape", SHAPES)
def test_every_number_of_a_sentence_is_one_of_its_entry(shape: str) -> None:
    latency_s, timeout_s = SHAPES[shape]
    body: Mapping[str, Any] = analysis_to_json(recommend(sample_set(calls(latency_s, timeout_s=timeout_s))))
    (row,) = body["actions"]
    known = list(numbers_of(row, body["settings"]))
    reason = COMPOUND.sub(lambda both: f"{int(both[1]) * 60 + int(both[2])} s", row["reason"])
    reason = re.sub(r"\bp\d+", "", reason)

    found = AMOUNT.findall(reason)

    assert found
    for text, unit in found:
        plain = text.replace(",", "")
        last = 10.0 ** -len(plain.partition(".")[2])
        size = SIZES[unit]
        assert any(abs(value / size - float(plain)) <= last for value in known), (text, unit, row["reason"])
