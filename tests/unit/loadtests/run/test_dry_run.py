"""The dry run says which inputs an action is called with, and where real ones are missing."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.format.manifest import LeftOut
from analysis.format.sample_schema import ActionVersion, InputOrigin
from analysis.plain_text import is_printable
from analysis.wrapped_text import columns_of
from diag.genesys.data_action import Action
from diag.target import Target, sandbox_connection
from diag.workload.payload import Payload
from diag.workload.payloads_from_contract import EMPTY
from diag.workload.share_of_org_limits import OrgLimits
from diag.workload.tables.load_shape import Poll
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.planning.prepare_run import PreparedRun
from loadtests.planning.unlisted_actions import Unlisted
from loadtests.run.dry_run import describe, in_short
from tests.support.changes.fake_org import full_config

LINE = 'payload = [{ values = { customerId = "..." } }]'


def payloads(origin: InputOrigin, count: int) -> tuple[Payload, ...]:
    return tuple(Payload.of(str(number), {}, origin) for number in range(count))


def said(lines: dict[str, str]) -> str:
    mixed = (*payloads(InputOrigin.INLINE, 1), *payloads(InputOrigin.FILE, 40))
    actions = (
        ActionLoad("a-1", "Get Customer", 5, 1.0, payloads(InputOrigin.INVENTED, 5)),
        ActionLoad("a-2", "Get Order", 5, 1.0, mixed),
        ActionLoad("a-3", "Get Time", 5, 1.0, (EMPTY,)),
    )
    prepared = PreparedRun(LoadPlan(actions), OrgLimits(50, 300), "id", "Acme", lines)
    return describe(prepared, Target(sandbox_connection("http://127.0.0.1:1"), sandbox=True), 60.0, 1)


def test_before_an_org_is_called_of_which_nothing_was_learnt_the_way_to_learn_it_is_named() -> None:
    prepared = PreparedRun(
        LoadPlan((ActionLoad("a-1", "Get Time", 5, 1.0, (EMPTY,)),)), OrgLimits(50, 300), "id", "Acme", {}
    )
    org = Target(sandbox_connection("http://127.0.0.1:1"), sandbox=False)
    learnt = replace(org, known=replace(org.known, path=Path("platform.toml")))

    assert "diag doctor --learn" in describe(prepared, org, 60.0, 1)
    assert "diag doctor --learn" not in describe(prepared, learnt, 60.0, 1)
    assert "diag doctor --learn" not in describe(prepared, replace(org, sandbox=True), 60.0, 1)


def test_every_action_shows_where_its_inputs_come_from() -> None:
    rows = {line.strip().split("  ")[0]: line for line in said({"a-1": LINE}).splitlines()}

    assert "5 invented" in rows["Get Customer"]
    assert "1 inline, 40 file" in rows["Get Order"] or "40 file, 1 inline" in rows["Get Order"]
    assert "none" in rows["Get Time"]


def test_the_line_for_real_inputs_stands_whole_below_the_action_that_lacks_them() -> None:
    text = said({"a-1": LINE})

    assert "Real inputs are missing for 1 of 3 actions" in text
    assert f"    Get Customer:\n      {LINE}\n" in text
    assert "Get Time:" not in text


def test_nothing_is_said_where_no_input_is_invented() -> None:
    assert "missing" not in said({})


def an_action(action_id: str, name: str, method: str) -> Action:
    return replace(full_config(action_id, method=method).action, name=name)


def in_an_org(*changing: Action, reading: int = 0) -> str:
    actions = (ActionLoad("a-1", "Get Customer", 5, 1.0, (EMPTY,)),)
    prepared = PreparedRun(
        LoadPlan(actions), OrgLimits(50, 300), "id", "Acme", unlisted=Unlisted(changing, reading)
    )
    return describe(prepared, Target(sandbox_connection("http://127.0.0.1:1"), sandbox=False), 60.0, 1)


def test_actions_that_init_commented_out_are_named_with_the_lines_that_call_them() -> None:
    text = in_an_org(an_action("c-1", "Create Case", "POST"), an_action("c-2", "Drop\x1b[2J", "DELETE"))

    assert "    Create Case (POST)\n    Drop\N{REPLACEMENT CHARACTER}[2J (DELETE)\n" in text
    _, _, lines = text.partition("To call Create Case, write into the workload file:\n")
    assert tomllib.loads(lines) == {"action": [{"id": "c-1", "allow_side_effects": True}]}
    assert "either" not in text


def test_many_are_counted_and_those_that_only_read_too() -> None:
    text = in_an_org(*(an_action(f"c-{n}", f"Create {n}", "POST") for n in range(25)), reading=1)

    assert "and 5 more: diag scan" in text
    assert "Not in the workload either: 1 action that only reads." in text


def test_the_line_at_the_start_of_a_run_counts_actions_with_invented_inputs() -> None:
    invented = ActionLoad("a-1", "Get Customer", 5, 1.0, payloads(InputOrigin.INVENTED, 5))
    own = ActionLoad("a-2", "Get Order", 5, 1.0, payloads(InputOrigin.FILE, 5))

    assert in_short(LoadPlan((invented, own))).endswith(", 1 with invented inputs")
    assert "invented" not in in_short(LoadPlan((own,)))


def test_reasons_wrap_between_words_and_lines_to_paste_never_do() -> None:
    why = "its request is a POST, and each call may change data: set allow_side_effects for it"
    named = [f"Create Case Number {number}" for number in range(9)]
    plan = LoadPlan(
        (ActionLoad("a-1", "Get Customer", 5, 1.0, payloads(InputOrigin.INVENTED, 5)),),
        left_out=tuple(LeftOut(name, why) for name in named),
    )
    prepared = PreparedRun(
        plan, OrgLimits(50, 300), "id", "Acme of a long name", {"a-1": f"{LINE}  # {'x' * 90}"}
    )
    target = Target(sandbox_connection("http://127.0.0.1:1"), sandbox=False)

    text = describe(prepared, target, 60.0, 1, width=80)

    assert [line for line in text.splitlines() if len(line) > 80] == [f"      {LINE}  # {'x' * 90}"]
    left_out = " ".join(text.partition("Left out:\n")[2].split())
    assert left_out == f"9 actions, the same for each: {why} ({', '.join(named)})"
    assert left_out in describe(prepared, target, 60.0, 1)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_all_but_lines_to_paste_fit_the_terminal_and_every_figure_is_whole(width: int) -> None:
    long = "Search Knowledge Articles By Customer And Language And Region"
    mixed = (*payloads(InputOrigin.INLINE, 1), *payloads(InputOrigin.FILE, 40))
    poll = Poll("a-2", "jobId", "jobId", "state", ("DONE",), action_name=long)
    actions = (
        ActionLoad("a-1", long, 60, 123.4, mixed, target=ActionVersion.DRAFT, side_effects=True, poll=poll),
        ActionLoad("a-2", "顧客検索" * 6, 60, 1.25, payloads(InputOrigin.INVENTED, 5)),
        ActionLoad("a-3", "Get\x1b[2J\nTime", None, 0.001, (EMPTY,)),
    )
    prepared = PreparedRun(
        LoadPlan(actions), OrgLimits(50, 300), "id", "Acme", {"a-2": LINE}, Unlisted((), 3)
    )
    target = Target(sandbox_connection("http://127.0.0.1:1"), sandbox=False)

    text = describe(prepared, target, 3600.0, 4, width=width)

    assert [line for line in text.splitlines() if columns_of(line) > width and "payload =" not in line] == []
    assert all(is_printable(line) for line in text.split("\n"))
    for figure in ("494", "1776960", "60 s", "CHANGES", "40 file, 1 inline", "5 invented", "0.004", "? s"):
        assert any(figure in line for line in text.splitlines()), figure
    assert "Get�[2J Time" in text
