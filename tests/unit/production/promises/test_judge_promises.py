"""One look of the watch: which hours are asked for, what counts, and what is said of the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analysis.production.promise_watch import ALARM, HEAD_START, Break
from analysis.typed_command import Asked
from diag.changes.journal.journal_line import JournalLine
from diag.commands.watch import command
from diag.genesys.analytics.execution_counts import DurationRange, IntervalCounts
from diag.genesys.api_errors import RefusedRequestError
from diag.genesys.data_action import Action
from diag.production.hour_store import HourStore, open_store
from diag.production.promises.judge_promises import PromiseLook, look_at
from diag.production.promises.watch_words import (
    broken_sentence,
    generous_line,
    holds_line,
    kept_again_line,
    look_to_json,
    next_step,
    not_watched_line,
)
from diag.production.promises.what_was_promised import Promise, promises_of
from tests.support.changes.fake_org import IDENTITY, full_config
from tests.support.changes.journal_records import record

NOW = datetime(2026, 7, 15, 9, 20, tzinfo=UTC)
CHANGED = datetime(2026, 7, 12, 6, 30, tzinfo=UTC)
LINE = record(
    phase="result", outcome="applied", at=CHANGED.timestamp(), before_timeout_s=5, after_timeout_s=3
)


class Production:
    """Sixty executions an hour, `cut_off` of them at the timeout."""

    def __init__(self, cut_off: int) -> None:
        self.cut_off = cut_off
        self.asked: list[tuple[datetime, datetime]] = []
        self.refused = False

    def execution_totals(self, since: datetime, until: datetime) -> dict[str, int]:
        raise AssertionError("not asked for")

    def execution_counts(
        self, action_id: str, since: datetime, until: datetime, ranges: Sequence[DurationRange]
    ) -> tuple[IntervalCounts, ...]:
        if self.refused:
            raise RefusedRequestError("too wide", status=400)
        self.asked.append((since, until))
        quick = (60 - self.cut_off, *[0] * (len(ranges) - 1))
        found, at = [], since
        while at < until:
            interval = f"{at.isoformat()}/{(at + timedelta(hours=1)).isoformat()}"
            found.append(IntervalCounts(interval, 60, quick, None))
            at += timedelta(hours=1)
        return tuple(found)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[HourStore]:
    with open_store(tmp_path / "s.sqlite") as opened:
        yield opened


def present(timeout_s: int = 3) -> dict[str, Action]:
    return {LINE.action_id: full_config(LINE.action_id, timeout_s).action}


def look(
    production: Production, store: HourStore, now: datetime = NOW, line: JournalLine = LINE
) -> PromiseLook:
    return look_at(production, store, [Promise(line)], present(), now)


def test_only_whole_hours_after_the_change_count_and_the_newest_is_left_out(store: HourStore) -> None:
    production = Production(0)
    found = look(production, store)
    assert production.asked == [(CHANGED + timedelta(minutes=30), NOW - timedelta(hours=1, minutes=20))]
    (item,) = found.watched
    assert (item.state.hours, item.state.executions, item.broken) == (73, 73 * 60, False)
    assert "1 changed timeout as promised" in holds_line(found)


def test_the_next_look_reads_the_new_hours_and_those_that_may_be_late(store: HourStore) -> None:
    production = Production(0)
    look(production, store)
    second = look(production, store, NOW + timedelta(hours=5))
    assert production.asked[1][0] == production.asked[0][1] - timedelta(hours=48)
    assert second.watched[0].state.hours == 78


def test_history_outlives_what_the_platform_keeps(store: HourStore) -> None:
    look(Production(0), store)
    later = look(Production(0), store, NOW + timedelta(days=60))
    assert later.watched[0].state.hours == 73 + 31 * 24


def test_a_broken_promise_has_a_sentence_with_evidence_and_a_command(store: HourStore) -> None:
    found = look(Production(3), store)
    (item,) = found.broken
    sentence = broken_sentence(item)
    assert "5 % of" in sentence
    assert "from Sun 12 Jul 07:00 UTC to " in sentence
    assert "timeout of 3 s; at most 1 % was promised. A false alarm comes about once in 2,850 " in sentence
    assert sentence.endswith("on average, where exactly what was promised is cut off.")
    told = f" {ALARM - HEAD_START:,.0f} hours with executions of an action, on average,"
    assert told in sentence and told in (command.help or "")
    assert next_step(item).startswith(f"diag undo {LINE.entry}, or")
    assert look_to_json(found)["broken"] == 1


ASKED = Asked(org=("--profile", "acme"))


def shown_commands(found: PromiseLook) -> list[str]:
    """What JSON names as the next command of each promise."""
    return [str(row["next_command"]) for row in look_to_json(found, ASKED)["promises"]]


def test_the_next_commands_ask_for_what_was_promised_in_the_same_org(store: HourStore) -> None:
    tricky = replace(LINE, action_name="-x tricky", percentile=0.999, promised_share=0.001)
    actions = {LINE.action_id: replace(full_config(LINE.action_id, 3).action, name="-x tricky")}
    found = look_at(Production(3), store, [Promise(tricky)], actions, NOW)
    observe = "diag observe --cut-off 0.1% --profile acme -- '-x tricky'"

    assert next_step(found.broken[0], ASKED) == (
        f"diag undo {LINE.entry} --profile acme, or look for another number: {observe}"
    )
    assert shown_commands(found) == [f"diag undo {LINE.entry} --profile acme"]
    longer = replace(tricky, before_timeout_s=2)
    assert shown_commands(look_at(Production(3), store, [Promise(longer)], actions, NOW)) == [observe]
    advice = generous_line(replace(found.broken[0], enough_s=1), ASKED)
    assert advice.endswith(f"To lower it: {observe.replace('observe', 'observe --out plan.json')}")


def test_an_action_is_named_as_it_is_called_now_and_by_its_id_where_two_are_called_so(
    store: HourStore,
) -> None:
    renamed = {LINE.action_id: replace(full_config(LINE.action_id, 3).action, name="New name")}
    twice = {**renamed, "other": replace(full_config("other", 3).action, name="New name")}

    for actions, named in ((renamed, "'New name'"), (twice, LINE.action_id)):
        (item,) = look_at(Production(3), store, [Promise(LINE)], actions, NOW).broken
        assert next_step(item).endswith(f"diag observe {named}")


def test_what_the_change_was_decided_on_is_what_is_watched(store: HourStore) -> None:
    strict = replace(LINE, percentile=0.999, promised_share=0.001)
    (item,) = look(Production(3), store, line=strict).watched
    assert (item.promise.accepted, item.state.accepted, item.promise.percentile) == (0.001, 0.001, 0.999)
    assert "; at most 0.1 % was promised." in broken_sentence(item)
    capped = replace(LINE, percentile=0.99, promised_share=0.08)  # the plan said that it cuts off so many
    assert look(Production(3), store, line=capped).broken == ()
    assert look(Production(3), store).broken[0].state.accepted == 0.01  # an older line does not say


def test_promises_that_differ_are_said_as_a_range(store: HourStore) -> None:
    strict = replace(LINE, action_id="strict", promised_share=0.001)
    actions = {**present(), "strict": full_config("strict", 3).action}
    found = look_at(Production(0), store, [Promise(LINE), Promise(strict)], actions, NOW)
    assert "no proof of more than what each accepts (0.1 % to 1 %) cut off in" in holds_line(found)
    shown = look_to_json(found)["promises"]
    assert isinstance(shown, list) and [row["accepted"] for row in shown] == [0.01, 0.001]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_promise_that_no_hour_can_test_is_taken_to_the_nearest_that_can(
    store: HourStore, share: float
) -> None:
    (item,) = look(Production(30), store, line=replace(LINE, promised_share=share, percentile=share)).watched
    assert 0.0 < item.promise.accepted <= 0.5 <= item.promise.percentile < 1.0
    assert item.broken == (share == 0.0)


def test_a_promise_that_is_kept_again_is_said_with_when_it_was_not(store: HourStore) -> None:
    (item,) = look(Production(0), store).watched
    state = replace(item.state, breaks=(Break(CHANGED.timestamp(), NOW.timestamp()),))
    found = PromiseLook((replace(item, state=state),))
    assert kept_again_line(found.watched[0]) == (
        f"{LINE.action_name}: its promise was broken, as seen at Sun 12 Jul 06:30 UTC, and is kept again, "
        "as proven at Wed 15 Jul 09:20 UTC."
    )
    shown = look_to_json(found)["promises"]
    assert isinstance(shown, list)
    assert shown[0]["breaks"] == [{"broken_at": "2026-07-12T06:30Z", "kept_again_at": "2026-07-15T09:20Z"}]


def test_undoing_is_not_advised_where_it_would_cut_off_more(store: HourStore) -> None:
    found = look(Production(3), store, line=replace(LINE, before_timeout_s=2))
    assert "diag undo" not in next_step(found.broken[0])


@pytest.mark.parametrize(
    ("actions", "why", "unread"),
    [
        ({}, "it is no longer in the org", False),
        (present(9), "its timeout is 9 s now, diag set 3 s: someone else changed it since", False),
    ],
)
def test_what_is_not_in_force_any_more_is_said(
    store: HourStore, actions: dict[str, Action], why: str, unread: bool
) -> None:
    found = look_at(Production(3), store, [Promise(LINE)], actions, NOW)
    (missing,) = found.not_watched
    assert (missing.unread, not_watched_line(missing)) == (
        unread,
        f"Not watched: {LINE.action_name}: {why}.",
    )
    assert found.watched == ()


def test_a_refused_query_is_not_quiet(store: HourStore) -> None:
    production = Production(0)
    production.refused = True
    (missing,) = look(production, store).not_watched
    assert missing.unread


def test_a_change_of_this_hour_has_nothing_to_judge_yet(store: HourStore) -> None:
    production = Production(0)
    found = look(production, store, line=replace(LINE, at=NOW.timestamp()))
    assert production.asked == []
    assert "nothing to judge yet" in holds_line(found)


def test_the_newest_change_in_force_is_the_promise() -> None:
    org = replace(IDENTITY, org_id=LINE.org_id, host=LINE.host)
    lines = [
        LINE,
        replace(LINE, entry="e2", after_timeout_s=4),
        replace(LINE, entry="e3", outcome="refused", after_timeout_s=9),
        replace(LINE, entry="e4", action_id="elsewhere", host="other"),
        replace(LINE, entry="e5", action_id="taken-back"),
        replace(LINE, entry="e6", action_id="taken-back", undoes="e5"),
        replace(LINE, entry="e7", action_id="", origin="register"),
    ]
    assert [(promise.line.entry, promise.timeout_s) for promise in promises_of(lines, org)] == [("e2", 4)]
