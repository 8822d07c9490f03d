"""What to do now: at most three lines, each with the command that does it, the same on page and terminal."""

import shlex
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from analysis.verdicts.recommendation import Recommendation, Verdict
from reports.wording.one_command import commands_for
from reports.wording.what_now import MOST, what_now

BASE = Recommendation("a", "A", Verdict.OK, "fits", current_timeout_s=3, recommended_timeout_s=3)
SET = "diag recommend --apply"


def few(name: str, calls: int = 380, takes_s: float | None = 700.0) -> Recommendation:
    command = f"diag measure --action {shlex.quote(name)} --calls {calls}"
    return replace(
        BASE,
        action_id=name,
        action_name=name,
        verdict=Verdict.INSUFFICIENT_SAMPLES,
        recommended_timeout_s=None,
        next_command=command,
        next_takes_s=takes_s,
    )


RAISED = replace(BASE, action_id="r", verdict=Verdict.RAISE, recommended_timeout_s=10, next_command=SET)
SLOW = replace(
    BASE,
    action_id="s",
    action_name="Fraud Score",
    verdict=Verdict.OVER_CAP_USE_ASYNC,
    recommended_timeout_s=30,
    uncapped_timeout_s=39,
)
THIN = replace(
    few("Get T"),
    verdict=Verdict.LOWER,
    current_timeout_s=60,
    recommended_timeout_s=1,
    next_command="diag measure --action 'Get T' --time 1h10m --all-the-time",
    next_takes_s=4200.0,
)
CHANGED = replace(few("Get U", 5000), verdict=Verdict.UNSTABLE)


def texts(*rows: Recommendation) -> list[str]:
    return [step.text for step in what_now(rows, SET)]


def test_actions_that_need_the_same_get_one_command() -> None:
    assert texts(RAISED, few("Get A", 380), few("Get B", 640, 780.0), SLOW) == [
        "Set 1 timeout (you see the plan and are asked first): diag recommend --apply",
        "Make more calls to 2 actions (about 13 min at this pace): "
        "diag measure --action 'Get A' --action 'Get B' --calls 640",
        "Fraud Score fits no timeout up to 30 s: make the call asynchronous.",
    ]


def test_the_time_of_the_longest_is_enough_for_all() -> None:
    slow = [few(name, calls) for name, calls in (("B", 5000), ("C", 900))]
    rows = [few("A")] + [
        replace(row, next_command=f"{row.next_command} --time {minutes}m")
        for row, minutes in zip(slow, (21, 9), strict=True)
    ]

    assert commands_for(rows)[0].command == (
        "diag measure --action A --action B --action C --calls 5000 --time 21m"
    )


def test_campaigns_are_one_command_since_they_share_a_folder() -> None:
    """A second `diag tune` beside the first would be refused."""
    rows = [
        replace(
            THIN, action_id=name, next_takes_s=None, next_command=f"diag tune --action {name} --over {over}"
        )
        for name, over in (("A", "1d"), ("B", "7d"), ("C", "3d"))
    ]

    assert texts(*rows) == [
        "Spread a few calls to 3 actions over 7 days, then lower: "
        "diag tune --action A --action B --action C --over 7d"
    ]
    assert texts(rows[0])[0].startswith("Spread a few calls to Get T over 24 h, then lower: diag tune")


def test_a_cap_that_somebody_set_is_not_said_to_be_all_there_is() -> None:
    capped = replace(SLOW, recommended_timeout_s=5, uncapped_timeout_s=7)
    other = replace(SLOW, recommended_timeout_s=8, uncapped_timeout_s=9)

    assert texts(capped) == [
        "Fraud Score fits no timeout up to 5 s: raise the cap, or make the call asynchronous."
    ]
    assert texts(capped, other) == [
        "2 actions fit no timeout up to their caps: raise the cap, or make the calls asynchronous."
    ]
    assert "raise" not in texts(capped, SLOW)[0]
    assert "raise" not in texts(replace(SLOW, uncapped_timeout_s=None))[0]


def test_there_is_nothing_to_type_where_all_fit() -> None:
    assert texts(BASE, BASE) == []


def test_what_has_no_room_is_counted() -> None:
    rows = (RAISED, few("Get A"), few("Get B"), THIN, CHANGED, SLOW)

    assert texts(*rows)[-1] == "3 more actions: what to do stands with each."
    assert len(texts(*rows)) == MOST


def test_what_changed_is_not_waited_for_by_the_others() -> None:
    assert [step.what for step in what_now([few("Get A"), CHANGED], SET)] == [
        "Make more calls to Get A (about 12 min at this pace)",
        "Find out why Get U changed, then measure again (about 12 min at this pace)",
    ]


def test_an_unknown_time_is_not_made_up() -> None:
    assert [step.what for step in what_now([few("Get A"), few("Get B", takes_s=None)], SET)] == [
        "Make more calls to 2 actions"
    ]


def test_production_is_read_for_as_many_days_as_the_rarest_needs() -> None:
    rows = [
        replace(few(name), next_command=f"diag observe {shlex.quote(name)} --days {days} --rule max")
        for name, days in (("Get A", 9), ("Get B", 18))
    ]
    odd = replace(few("-x"), next_command="diag observe --days 12 --rule max -- -x")

    assert commands_for(rows)[0].command == "diag observe 'Get A' 'Get B' --days 18 --rule max"
    assert commands_for([*rows, odd])[0].command == "diag observe --days 18 --rule max -- 'Get A' 'Get B' -x"


def test_a_name_that_begins_like_a_flag_stays_a_name() -> None:
    odd = replace(few("-x"), next_command="diag measure --probe --action=-x --calls 380")
    other = replace(few("A"), next_command="diag measure --probe --action A --calls 500")

    assert commands_for([odd, other])[0].command == "diag measure --probe --action=-x --action A --calls 500"


@given(
    names=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6, unique=True),
    flags=st.sampled_from(["--calls 380", "--time 1h10m --all-the-time", "", "--rate 0.5"]),
    before=st.sampled_from(["", "--probe ", "--dry-run "]),
)
def test_one_command_names_every_action_and_keeps_every_flag(
    names: list[str], flags: str, before: str
) -> None:
    commands = [f"diag measure {before}--action={shlex.quote(name)} {flags}".strip() for name in names]
    rows = [replace(few("x"), next_command=command) for command in commands]
    (one,) = commands_for(rows)

    words = shlex.split(one.command)
    named = [words[at + 1] for at, word in enumerate(words) if word == "--action"]
    named += [word.removeprefix("--action=") for word in words if word.startswith("--action=")]
    assert sorted(named) == sorted(names)
    assert [word for word in words[2:] if word in shlex.split(before + flags) and word not in names] == (
        [word for word in shlex.split(f"{before} {flags}") if word not in names]
    )


@given(st.text())
def test_a_text_that_is_no_command_stays_as_it_is(text: str) -> None:
    """A file of recommendations may come from elsewhere."""
    (step,) = what_now([replace(few("A"), next_command=text)], SET)

    assert step.command == text
