"""What an action holds in another kind than the platform sends is named: written back, it would be lost."""

from typing import Any, Final

import pytest

from diag.genesys.replies.whole_action import damaged_part

WHOLE: Final[dict[str, Any]] = {
    "request": {"headers": {}, "requestTemplate": "x", "requestTemplateUri": "/x"},
    "response": {
        "translationMap": {},
        "translationMapDefaults": {},
        "successTemplate": "x",
        "successTemplateUri": "/x",
    },
}
PLACES: Final = [(part, key) for part, held in WHOLE.items() for key in held]


def damaged(part: str, key: str, value: object) -> str | None:
    config = {**WHOLE, part: {**WHOLE[part], key: value}}
    return damaged_part({"name": "Get", "version": 1, "config": config})


@pytest.mark.parametrize(("part", "key"), PLACES)
@pytest.mark.parametrize("value", [5, True, ["x"]])
def test_a_value_of_another_kind_is_named(part: str, key: str, value: object) -> None:
    assert damaged(part, key, value) == f"a valid config.{part}.{key}"


@pytest.mark.parametrize(("part", "key"), PLACES)
def test_what_is_null_or_not_there_is_not_damaged(part: str, key: str) -> None:
    assert damaged(part, key, None) is None
    assert damaged(part, key, WHOLE[part][key]) is None
    assert damaged_part({"name": "Get"}) is None
