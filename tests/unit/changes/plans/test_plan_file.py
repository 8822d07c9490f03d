import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.changes.applying.apply import apply_plan
from diag.changes.applying.apply_context import Operator
from diag.changes.change_errors import PlanFileError, WrongOrgError
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author
from diag.changes.plans.plan import Change, Evidence, OrgIdentity, Plan, SkippedChange, Unchanged
from diag.changes.plans.plan_file import plan_digest, plan_from_json, plan_to_json, read_plan, write_plan
from tests.support.changes.fake_org import IDENTITY, FakeOrg, change_for, full_config

PLAN = Plan(
    created_at=1000.5,
    org=IDENTITY,
    changes=(change_for(full_config(), 10),),
    skipped=(SkippedChange("a2", "Two", "too few calls"),),
    unchanged=(Unchanged("a3", "Three", "fits"),),
    run_ids=("run-1",),
)

text = st.text(max_size=20)
seconds = st.integers(1, 60)
numbers = st.none() | st.floats(0, 1e6)
changes = st.builds(
    Change,
    action_id=text,
    action_name=text,
    before_timeout_s=seconds,
    before_is_set=st.booleans(),
    after_timeout_s=seconds,
    reason=text,
    action_version=st.none() | st.integers(0, 10**6),
    fields=st.dictionaries(text, text, max_size=3),
    digest=text,
    salt=text,
    evidence=st.none()
    | st.builds(
        Evidence, verdict=text, p99_ms=numbers, n_eff=numbers, warnings=st.lists(text, max_size=2).map(tuple)
    ),
    forced=st.booleans(),
    flow_warnings=st.lists(text, max_size=2).map(tuple),
    undoes=st.none() | text,
)
plans = st.builds(
    Plan,
    created_at=st.floats(0, 4e9),
    org=st.builds(OrgIdentity, text, text, text, st.booleans()),
    changes=st.lists(changes, max_size=3).map(tuple),
    skipped=st.lists(st.builds(SkippedChange, text, text, text), max_size=2).map(tuple),
    run_ids=st.lists(text, max_size=2).map(tuple),
    weak=st.lists(text, max_size=2).map(tuple),
    flow_waits=st.lists(text, max_size=2).map(tuple),
)


@pytest.mark.slow
@given(plans)
def test_a_plan_survives_the_file(plan: Plan) -> None:
    again = plan_from_json(plan_to_json(plan), "plan.json")

    assert again == plan
    assert plan_digest(again) == plan_digest(plan)


def test_a_plan_file_from_before_origins_keeps_its_digest() -> None:
    change = replace(PLAN.changes[0], evidence=Evidence("raise"))
    plan = replace(PLAN, changes=(change,))
    body = json.loads(plan_to_json(plan))
    for later in ("invented_share", "percentile", "promised_share", "source"):
        del body["changes"][0]["evidence"][later]
    del body["changes"][0]["flow_warnings"], body["flow_waits"]
    older = {name: value for name, value in body.items() if name not in ("format_version", "kind", "digest")}
    body["digest"] = hashlib.sha256(json.dumps(older, sort_keys=True).encode()).hexdigest()

    assert plan_digest(plan_from_json(json.dumps(body), "plan.json")) == body["digest"]
    weighed = replace(change, evidence=Evidence("raise", invented_share=1.0))
    assert plan_digest(replace(plan, changes=(weighed,))) != body["digest"]
    warned = replace(change, flow_warnings=("a flow",))
    assert plan_digest(replace(plan, changes=(warned,))) != body["digest"]


def test_a_plan_file_says_what_it_is(tmp_path: Path) -> None:
    write_plan(PLAN, tmp_path / "sub" / "plan.json")

    body = json.loads((tmp_path / "sub" / "plan.json").read_text())
    assert (body["format_version"], body["kind"]) == (1, "diag plan")
    assert read_plan(tmp_path / "sub" / "plan.json") == PLAN
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["plan.json"]


def test_a_plan_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("an older one")
    path.chmod(0o644)

    write_plan(PLAN, path)

    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[: len(text) // 2], "is not valid JSON"),
        (lambda text: "[]", "is not a plan of diag"),
        (lambda text: '{"actions": []}', "is not a plan of diag"),
        (lambda text: text.replace('"format_version": 1', '"format_version": 2'), "format_version 2"),
        (lambda text: text.replace('"after_timeout_s": 10', '"after_timeout_s": 59'), "was changed after"),
        (lambda text: text.replace('"after_timeout_s": 10,', ""), "is damaged"),
        (
            lambda text: text.replace('"after_timeout_s": 10', '"after_timeout_s": 3600'),
            "changes[0].after_timeout_s is not from 1 to 60",
        ),
        (
            lambda text: text.replace('"after_timeout_s": 10', '"after_timeout_s": true'),
            "changes[0].after_timeout_s is not a whole number",
        ),
        (
            lambda text: text.replace('"forced": false', '"forced": false, "extra": 1'),
            "changes[0].extra is not a field that is known",
        ),
        (lambda text: text.replace('"changes": [', '"changes": [17, '), "is damaged"),
        (lambda text: text.replace('"created_at": 1000.5', '"created_at": null'), "is damaged"),
    ],
)
def test_a_damaged_or_foreign_file_is_refused_with_a_fix(
    tmp_path: Path, damage: Callable[[str], str], message: str
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(damage(plan_to_json(PLAN)))

    with pytest.raises(PlanFileError) as caught:
        read_plan(path)

    assert message in caught.value.message
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PlanFileError):
        read_plan(tmp_path / "nowhere.json")


def test_a_plan_is_never_applied_to_another_org(journal: Journal) -> None:
    org = FakeOrg.with_actions(full_config())

    with pytest.raises(WrongOrgError) as caught:
        apply_plan(
            PLAN,
            org,
            journal,
            Operator(OrgIdentity("org-2", "Other", "api.example.test"), Author(None, "apply-1")),
        )

    assert "'Acme'" in caught.value.message
    assert "'Other'" in caught.value.message
    assert org.calls == []
