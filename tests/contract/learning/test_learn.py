"""What a session finds of a sandbox is what the sandbox is, and nothing published is touched."""

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.learning.experiments.marked_calls import MARKED_CALLS_FILE, look_for, read_marked_calls
from diag.learning.lab.experiment import Found
from diag.learning.lab.lab import MOST_S, LearnOptions
from diag.learning.lab.request_budget import MOST_REQUESTS
from diag.learning.session.result import joined
from diag.platform_facts.fact_kinds import TimeoutWords
from diag.platform_facts.facts import PlatformFacts
from diag.platform_facts.platform_file import write_platform
from diag.sandbox.played_platform import read_played_platform
from tests.support.examples import examples
from tests.support.learning import QUICK, SLOW, LearningOrg, facts_of, learning_org

if TYPE_CHECKING:
    from tests.contract.learning.conftest import MakeOrg

pytestmark = pytest.mark.slow

VALUES: dict[str, tuple[Any, ...]] = {
    "timeout_form": ("success_false", "408", "504"),
    "timeout_code": ("request.timeout", "Action.TimedOut"),
    "timeout_step": ("Execute", "Run the request"),
    "draft_timeout": ("draft", "published"),
    "stale_form": ("409", "400", "408"),
    "patch_config": ("replace", "merge"),
    "clear_timeout": ("omit", "null", "neither"),
    "subjects_me": (True, False),
    "rate_limit_headers": ("inin", "none"),
    "limits_readable": (True, False),
    "list_include_config": (True, False),
    "max_page_size": (100, 200, 500, 1000),
    "secure_results": ("shown", "masked"),
    "analytics_count_tests": (True, False),
    "analytics.views_per_query": (10, 1, 5, 20, 50),
    "analytics.percentiles": (True, False),
    "analytics.by_correlation": (True, False),
    "analytics.lag_s": (0, 300),
    "analytics.timeout": (("504", "TIMEOUT"), ("408", "Request.Timeout")),
}
"""The values of each switch that a session can tell."""
SINGLE = [{}, *({switch: value} for switch, values in VALUES.items() for value in values[1:])]
"""Each value once: the first ones of all switches are one org."""

FACTS = {
    "analytics.views_per_query": "views_per_query",
    "analytics.percentiles": "analytics_percentiles",
    "analytics.by_correlation": "analytics_by_correlation",
    "analytics.lag_s": "analytics_lag_s",
    "analytics.timeout": "analytics_timeout_words",
}
"""Switches whose fact has another name."""


def with_defaults(switches: dict[str, Any]) -> dict[str, Any]:
    return {name: values[0] for name, values in VALUES.items()} | switches


def as_toml(switches: dict[str, Any]) -> str:
    return "\n".join(f"{name} = {_toml(value)}" for name, value in switches.items())


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        status, error_type = value
        return f'{{ response_status = "{status}", error_type = "{error_type}" }}'
    return str(value).lower() if isinstance(value, bool) else repr(value)


def expected(switches: dict[str, Any]) -> dict[str, Any]:
    """The facts that must be found; a fact that only a later look can decide is not among them."""
    facts = {FACTS.get(name, name): value for name, value in with_defaults(switches).items()}
    status, error_type = facts["analytics_timeout_words"]
    facts["analytics_timeout_words"] = TimeoutWords(error_type, status)
    if facts["timeout_form"] != "success_false":
        del facts["timeout_step"]  # only a result has steps
    del facts["secure_results"]  # only where a call of a secure action goes well
    if not facts["analytics_count_tests"] or facts["analytics_lag_s"]:
        del facts["analytics_count_tests"], facts["analytics_timeout_words"]
    return facts


@pytest.mark.parametrize("switches", SINGLE, ids=as_toml)
def test_each_value_of_each_switch_is_found(make_org: "MakeOrg", switches: dict[str, Any]) -> None:
    org = make_org(switches=as_toml(with_defaults(switches)), timeout_s=2)
    before = org.published()
    began = len(org.transport.seen)

    learned = org.learn()

    assert facts_of(learned).items() >= expected(switches).items()
    assert len(org.transport.seen) - began <= MOST_REQUESTS
    assert org.published() == before
    assert learned.left == ()


@given(switches=st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}))
@settings(max_examples=examples(10))
def test_every_combination_is_found_and_a_sandbox_plays_it(
    tmp_path_factory: pytest.TempPathFactory, switches: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("org")
    with pytest.MonkeyPatch.context() as patch:
        with learning_org(folder, switches=as_toml(switches), timeout_s=2, monkeypatch=patch) as org:
            learned = org.learn()
            assert facts_of(learned).items() >= expected(switches).items()
            found = [*learned.found, *found_a_day_later(org)]
            facts = joined(found, PlatformFacts("sandbox"), date(2026, 11, 29))
            counted = facts.facts.analytics_count_tests
            assert counted is not None and counted.value == switches["analytics_count_tests"]
            assert facts.unfit == ()
            write_platform(folder / "platform.toml", facts.facts)
        with learning_org(folder / "played", timeout_s=2, monkeypatch=patch) as played:
            read_played_platform(folder / "platform.toml").play(played.box.sandbox)
            again = [*played.learn().found, *found_a_day_later(played)]
            assert {one.key: one.value for one in again} == {one.key: one.value for one in found}


def found_a_day_later(org: LearningOrg) -> tuple[Found, ...]:
    """What the next `doctor` finds of the test calls, if they were not there at once."""
    marked = read_marked_calls(org.session_folder / MARKED_CALLS_FILE)
    if marked is None:
        return ()
    org.box.clock.advance(90_000)
    with org.client() as client:
        return look_for(marked, client.ask_telemetry, org.box.clock.unix_s()).found


def test_a_secure_actions_result_is_shown_or_masked(make_org: "MakeOrg") -> None:
    org = make_org(switches='secure_results = "masked"', secure=True, at_ms=20)

    assert facts_of(org.learn())["secure_results"] == "masked"


def test_an_action_that_never_takes_a_second_says_so_and_a_slow_address_helps(make_org: "MakeOrg") -> None:
    org = make_org()
    quick = org.learn(QUICK)
    (told,) = [line.learning for line in quick.lines if line.name == "a timed-out test"]

    assert "none of 6 calls took 1 s" in told.text and "--slow-url" in told.text
    assert "timeout_form" not in facts_of(quick)
    assert facts_of(quick)["patch_config"] == "replace"

    slow = LearnOptions(slow_url="http://127.0.0.1:8377/sandbox/slow/30")
    assert facts_of(org.learn(QUICK, slow)).items() >= {"timeout_form": "success_false"}.items()
    assert len([path for _, path in org.transport.seen if path.endswith("/draft/test")]) == 7


def test_the_edge_is_looked_for_only_where_a_long_call_is_wanted(make_org: "MakeOrg") -> None:
    org = make_org(timeout_s=60)
    slow = "http://127.0.0.1:8377/sandbox/slow/90"

    assert "edge_timeout_s" not in facts_of(org.learn(options=LearnOptions(slow_url=slow)))
    began, at = len(org.transport.seen), org.box.clock.monotonic_s()
    learned = org.learn(options=LearnOptions(slow_url=slow, long=True))

    assert facts_of(learned)["edge_timeout_s"] == 0
    assert org.box.clock.monotonic_s() - at > 60
    assert len(org.transport.seen) - began <= MOST_REQUESTS


@pytest.mark.parametrize("lacking", ["integrations:action:edit", "integrations:action:delete"])
def test_no_draft_is_made_that_could_not_be_changed_or_deleted(make_org: "MakeOrg", lacking: str) -> None:
    org = make_org(extra=f'without_permissions = ["{lacking}"]')
    learned = org.learn()

    assert not [
        one for one in org.transport.seen if one[0] in ("PATCH", "DELETE") or one[1].endswith("/draft")
    ]
    why = {line.name: line.learning.text for line in learned.lines}
    assert why["merge or replace"] == f"left out: the client lacks {lacking}"
    assert facts_of(learned)["max_page_size"] == 100


def test_without_the_permission_to_call_only_the_calls_are_left_out(make_org: "MakeOrg") -> None:
    org = make_org(extra='without_permissions = ["integrations:action:execute"]')
    learned = org.learn()

    assert not [path for _, path in org.transport.seen if path.endswith("/test")]
    assert facts_of(learned).items() >= {"patch_config": "replace", "stale_form": "409"}.items()
    assert learned.left == ()


@pytest.mark.parametrize(
    ("permission", "fact"),
    [
        ("architect:flow:view", "flows_readable"),
        ("audits:audit:view", "audits_readable"),
        ("usage:events:view", "event_definitions_readable"),
    ],
)
@pytest.mark.parametrize("granted", [True, False])
def test_a_part_of_the_org_is_readable_with_its_permission_only(
    make_org: "MakeOrg", permission: str, fact: str, granted: bool
) -> None:
    org = make_org(extra="" if granted else f'without_permissions = ["{permission}"]')

    assert facts_of(org.learn())[fact] is granted


@pytest.mark.parametrize("most", [12, 20, 28, 36])
def test_what_was_learnt_when_the_requests_are_used_up_is_kept(make_org: "MakeOrg", most: int) -> None:
    org = make_org()
    before = org.published()
    began = len(org.transport.seen)

    learned = org.learn(most=most)

    assert len(org.transport.seen) - began <= most
    assert [line for line in learned.lines if "not made: " in line.learning.text]
    assert learned.left == () and org.published() == before
    assert not org.has_draft(SLOW)


def test_calls_that_are_not_there_are_looked_for_again(make_org: "MakeOrg") -> None:
    org = make_org(switches="analytics_count_tests = false")
    org.learn()
    marked = read_marked_calls(org.session_folder / MARKED_CALLS_FILE)
    assert marked is not None and len(marked.calls) == 1 and marked.calls[0].timed_out

    with org.client() as client:
        soon = look_for(marked, client.ask_telemetry, org.box.clock.unix_s() + 3600)
        late = look_for(marked, client.ask_telemetry, org.box.clock.unix_s() + 90_000)

    assert "analytics_count_tests" not in {found.key for found in soon.found}
    assert {found.key: found.value for found in late.found}["analytics_count_tests"] is False


@pytest.mark.parametrize("fault", ["reset", "reset_after"])
def test_a_write_whose_reply_is_lost_is_looked_up(make_org: "MakeOrg", fault: str) -> None:
    org = make_org()
    org.transport.loses = {"PATCH /draft": fault == "reset_after"}
    learned = org.learn()

    assert facts_of(learned).items() >= {"timeout_form": "success_false", "patch_config": "replace"}.items()
    assert learned.left == () and not org.has_draft(SLOW)


def test_a_draft_whose_making_was_lost_is_made_again_only_if_none_came(make_org: "MakeOrg") -> None:
    org = make_org()
    org.transport.loses = {"POST /draft": False}
    assert facts_of(org.learn())["patch_config"] == "replace"
    assert not org.has_draft(SLOW)

    org.transport.loses = {"POST /draft": True}
    learned = org.learn()
    assert "it is unknown whether its draft was made" in learned.left[0]
    assert "patch_config" not in facts_of(learned) and org.has_draft(SLOW)


def test_a_slow_action_takes_no_more_than_five_minutes(make_org: "MakeOrg") -> None:
    org = make_org(switches='draft_timeout = "published"', timeout_s=60, at_ms=59_000)
    at = org.box.clock.monotonic_s()
    learned = org.learn()

    assert facts_of(learned).items() >= {"draft_timeout": "published", "patch_config": "replace"}.items()
    assert 60 < org.box.clock.monotonic_s() - at <= MOST_S
