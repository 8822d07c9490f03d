import json
from dataclasses import replace
from typing import Any

from diag.genesys.data_action import Action, ActionConfig
from diag.genesys.flows import Consumer
from diag.genesys.integrations import Integration
from diag.inventory.row import InventoryRow
from diag.inventory.view import inventory_object, inventory_table, ordered, select, summary
from diag.inventory.where_filter import parse_where


def row(name: str, timeout_s: int | None, action_id: str = "custom_-_1", **fields: Any) -> InventoryRow:
    config = ActionConfig(timeout_s, {"requestType": "GET"}, {})
    action = Action(action_id, name, "i1", "Web", 1, False, config)
    return InventoryRow(action, Integration("i1", "CRM", None, None), **fields)


ROWS = (row("beta", None), row("Alpha", 5), row("gamma", 3, "static_1"), row("delta", 3))


def test_filters_are_combined() -> None:
    assert [
        r.action.name for r in select(ROWS, where=[parse_where("timeout<=5")], name="A", integration="crm")
    ] == [
        "Alpha",
        "gamma",
        "delta",
    ]
    assert select(ROWS, category="nothing") == ()


def test_order_is_total_and_unknown_comes_last() -> None:
    assert [r.action.name for r in ordered(ROWS, "timeout")] == ["delta", "gamma", "Alpha", "beta"]
    assert next(r.action.name for r in ordered(ROWS, "timeout", descending=True)) == "beta"
    assert [r.action.name for r in ordered(ROWS, "name")] == ["Alpha", "beta", "delta", "gamma"]
    unknown_draft = (row("a", 1), row("b", 1, draft=True))
    assert [r.action.name for r in ordered(unknown_draft, "draft", descending=True)] == ["b", "a"]


def test_the_second_timeout_of_a_function() -> None:
    short, long = row("f", 60, function_timeout_s=15), row("f", 10, function_timeout_s=15)
    assert (short.bites, long.bites, row("x", 60).bites) == ("function", "action", "action")
    assert (short.ends_after_s, long.ends_after_s, row("x", 60).ends_after_s) == (15, 10, 60)
    assert "15 (bites)" in inventory_table([short]).rows[0]
    assert inventory_object(short)["bites"] == "function"


def test_the_table_says_whether_and_why_not() -> None:
    table = inventory_table(ROWS)
    headings = [column.heading for column in table.columns]
    by_name = {entry[0]: dict(zip(headings, entry, strict=True)) for entry in table.rows}
    assert by_name["beta"]["timeout_s"] == 60 and by_name["beta"]["set"] == "default"
    assert by_name["gamma"]["can change"] == "no (static)"
    assert str(inventory_object(ROWS[2])["not_configurable_reason"]).startswith("built into")
    assert "flows" not in headings


def test_flows_appear_once_asked_for() -> None:
    used = row("a", 3, consumers=(Consumer("f1", "Main IVR", "INBOUNDCALLFLOW", "4.0"),))
    assert inventory_table([used]).rows[0][-1] == "Main IVR (INBOUNDCALLFLOW)"
    assert inventory_object(used)["flows"] == [
        {"id": "f1", "name": "Main IVR", "type": "INBOUNDCALLFLOW", "version": "4.0"}
    ]


def test_objects_are_plain_json() -> None:
    assert (
        json.loads(json.dumps([inventory_object(r) for r in ROWS], allow_nan=False))[0]["timeout_is_set"]
        is False
    )


def test_the_summary_counts() -> None:
    assert summary(ROWS, 4) == "Actions: 4; at the unset default of 60 s: 1; cannot be changed: 1."


def test_the_summary_counts_what_the_rows_say() -> None:
    nothing_told = row("untold", None)
    nothing_told = replace(nothing_told, action=replace(nothing_told.action, config=None))
    rows = (
        *ROWS,
        row("built in", None, "static_2"),
        row("login", None, "customAuth_-_3"),
        nothing_told,
    )
    wording = [entry[2] for entry in inventory_table(rows).rows]
    assert (wording.count("default"), wording.count("unknown"), wording.count("not applicable")) == (2, 1, 1)
    assert summary(rows, 7) == (
        "Actions: 7; at the unset default of 60 s: 2; timeout unknown: 1; cannot be changed: 3."
    )


def test_an_action_the_org_tells_no_config_of_has_no_known_timeout() -> None:
    untold = replace(row("untold", None).action, config=None)
    shown = inventory_object(InventoryRow(untold))
    assert (shown["timeout_s"], shown["timeout_is_set"]) == (None, None)
    built_in = replace(row("b", None, "static_1").action, config=None)
    assert inventory_object(InventoryRow(built_in))["timeout_s"] is None


def test_which_timeout_of_a_function_bites_is_unknown_where_one_of_them_is() -> None:
    untold = InventoryRow(replace(row("f", None).action, config=None), function_timeout_s=15)
    assert untold.bites is None and "15" in inventory_table([untold]).rows[0]


def test_the_summary_of_a_filter() -> None:
    assert summary(ROWS[:1], 4).startswith("Actions: 1 of 4;")
