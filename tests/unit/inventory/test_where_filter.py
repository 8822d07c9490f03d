import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.genesys.data_action import Action, ActionConfig
from diag.genesys.integrations import Integration
from diag.inventory.row import InventoryRow
from diag.inventory.where_filter import FIELDS, FilterError, parse_where


def row(
    name: str = "Get Customer",
    timeout_s: int | None = 3,
    *,
    action_id: str = "custom_-_1",
    method: str = "GET",
    category: str | None = "Web Services Data Actions",
    version: int | None = 7,
    draft: bool | None = False,
    function_timeout_s: int | None = None,
) -> InventoryRow:
    config = ActionConfig(timeout_s, {"requestType": method}, {})
    action = Action(action_id, name, "i1", category, version, False, config)
    return InventoryRow(
        action, Integration("i1", "CRM", "custom-rest-actions", "ENABLED"), draft, function_timeout_s
    )


@pytest.mark.parametrize(
    ("expression", "matches"),
    [
        ("timeout<=3", True),
        ("timeout < 3", False),
        ("timeout=3s", True),
        ("timeout==3", True),
        ("timeout != 3", False),
        ("timeout>3", False),
        ("timeout>=4", False),
        ("set", True),
        ("not set", False),
        ("set = yes", True),
        ("set != true", False),
        ("NAME = 'get customer'", True),
        ("name ~ CUST", True),
        ("name != x", True),
        ('category ~ "web services" and method = get', True),
        ("timeout > 3 or method = GET", True),
        ("timeout > 3 or method = GET and set = false", False),
        ("(timeout > 3 or method = GET) and not (set = false)", True),
        ("timeout<=3, kind=custom, configurable", True),
        ("kind = static", False),
        ("id ~ custom_-_", True),
        ("integration = crm", True),
        ("function_timeout <= 15", False),
        ("function_timeout != 15", True),
        ("version = 7 and not draft and not secure", True),
    ],
)
def test_expressions(expression: str, matches: bool) -> None:
    assert parse_where(expression)(row()) is matches


def test_unset_means_sixty() -> None:
    assert parse_where("timeout = 60 and not set")(row(timeout_s=None))


def test_what_is_unknown_matches_nothing() -> None:
    unknown = row(version=None, category=None, draft=None)
    for expression in ("version > 0", "version <= 9", "category ~ a", "draft", "draft = false"):
        assert not parse_where(expression)(unknown), expression
        assert not parse_where(f"not ({expression})")(unknown), expression
        assert not parse_where(f"not (secure or {expression})")(unknown), expression
        assert parse_where(f"not (secure and {expression})")(unknown), "false whatever the other is"


def test_an_action_without_its_config_is_neither_set_nor_unset() -> None:
    untold = replace(row(), action=replace(row().action, config=None))
    for expression in ("set", "not set", "set = no", "timeout = 60", "timeout <= 60", "not timeout > 60"):
        assert not parse_where(expression)(untold), expression


@pytest.mark.parametrize(
    ("expression", "wording"),
    [
        ("", "expected a field, found the end"),
        ("timout<=3", "expected a field, found 'timout' at 1"),
        ("timeout <= ", "expected a value, found the end"),
        ("timeout <= three", "expected a whole number, found 'three' at 12"),
        ("timeout ~ 3", "cannot be compared with ~"),
        ("name < x", "cannot be compared with <"),
        ("set = maybe", "expected true or false"),
        ("(timeout = 3", r"expected '\)'"),
        ("timeout = 3 name = x", "expected 'and', 'or' or the end, found 'name' at 13"),
        ("timeout = 3 and", "expected a field"),
        ("name = 'open", "is not understood"),
        ("__import__('os').system('x')", "expected a field"),
        ("timeout = 99999999999999999999", "whole number"),
        ("(" * 500 + "set" + ")" * 500, "nested too deeply"),
        ("not " * 500 + "set", "nested too deeply"),
    ],
)
def test_what_is_wrong_is_said(expression: str, wording: str) -> None:
    with pytest.raises(FilterError, match=wording) as caught:
        parse_where(expression)
    assert caught.value.category == "usage"


@given(st.text(alphabet=st.sampled_from("timeout<=>! 123 andor()not,~'\"setkind\\\n"), max_size=60))
def test_any_text_parses_or_is_refused(expression: str) -> None:
    with contextlib.suppress(FilterError):
        parse_where(expression)(row())


@given(
    timeout_s=st.none() | st.integers(1, 60),
    bound=st.integers(0, 99),
    op=st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
)
def test_numbers_compare_as_numbers(timeout_s: int | None, bound: int, op: str) -> None:
    effective = 60 if timeout_s is None else timeout_s
    expected = {
        "<": effective < bound,
        "<=": effective <= bound,
        ">": effective > bound,
        ">=": effective >= bound,
        "=": effective == bound,
        "!=": effective != bound,
    }[op]
    assert parse_where(f"timeout{op}{bound}")(row(timeout_s=timeout_s)) is expected


def test_every_field_can_be_used_alone() -> None:
    for field in FIELDS:
        assert parse_where(field)(row()) in (True, False)
