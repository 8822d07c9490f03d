import json
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from diag.changes.change_errors import JournalError
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author, JournalLine, first_line, latest_by_entry, unfinished
from diag.changes.plans.plan import Evidence, Plan
from tests.support.changes.fake_org import IDENTITY, change_for, full_config
from tests.support.changes.journal_records import record


def test_what_is_appended_is_read_back(journal: Journal) -> None:
    journal.append(record())
    journal.append(record(phase="result", outcome="applied", correlation_ids=("c1", "c2")))

    assert journal.read() == [
        record(),
        record(phase="result", outcome="applied", correlation_ids=("c1", "c2")),
    ]
    assert Journal(journal.path).read() == journal.read()


def test_a_missing_journal_is_an_empty_one(journal: Journal) -> None:
    assert journal.read() == []


def test_a_torn_last_line_is_left_out_and_does_not_spoil_the_next(journal: Journal) -> None:
    journal.append(record("e1"))
    with journal.path.open("a") as file:
        file.write('{"format_version": 1, "entry": "e2", "pha')

    assert [found.entry for found in journal.read()] == ["e1"]

    journal.append(record("e3"))

    assert [found.entry for found in journal.read()] == ["e1", "e3"]


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        "{}",
        '{"format_version": 1, "entry": "../x"}',
        '{"format_version": 99}',
        "null",
        '"x"',
        "\udcff",
    ],
)
def test_a_foreign_line_is_left_out(journal: Journal, line: str) -> None:
    journal.append(record("e1"))
    with journal.path.open("ab") as file:
        file.write(line.encode("utf-8", "surrogateescape") + b"\n")
    journal.append(record("e2"))

    assert [found.entry for found in journal.read()] == ["e1", "e2"]


def test_an_unknown_field_of_a_newer_diag_is_ignored(journal: Journal) -> None:
    journal.append(record("e1"))
    text = journal.path.read_text().replace('"entry"', '"weather": "rain", "entry"')
    journal.path.write_text(text)

    assert [found.entry for found in Journal(journal.path).read()] == ["e1"]


def test_unfinished_entries_are_those_without_a_result() -> None:
    records = [record("e1"), record("e2"), record("e1", phase="result", outcome="applied")]

    assert [found.entry for found in unfinished(records)] == ["e2"]
    assert latest_by_entry(records)["e1"].outcome == "applied"


def test_a_journal_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where the folder should be")

    with pytest.raises(JournalError) as caught:
        Journal(tmp_path / "runs" / "journal.jsonl").append(record())

    assert "journal.jsonl cannot be written" in caught.value.message
    assert caught.value.hint


def _append_many(path: Path, name: str) -> None:
    journal = Journal(path)
    for number in range(60):
        journal.append(record(f"{name}-{number}", reason="x" * 3000))


@pytest.mark.slow
def test_lines_of_several_processes_never_mix(journal: Journal) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_append_many, args=(journal.path, name)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(journal.read()) == 120
    assert len(journal.path.read_text().splitlines()) == 120


def _hold(path: Path, action_id: str, held: "multiprocessing.synchronize.Event") -> None:
    with Journal(path).holding(action_id):
        held.set()
        multiprocessing.Event().wait(60)


@pytest.mark.slow
def test_a_held_action_is_free_again_when_its_process_is_killed(journal: Journal) -> None:
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    holder = context.Process(target=_hold, args=(journal.path, "a1", held), daemon=True)
    holder.start()
    assert held.wait(60)

    with journal.holding("another action"):  # not held by anybody: does not wait
        pass
    holder.kill()
    with journal.holding("a1"):
        pass

    holder.join()


OLD_JOURNAL = (
    '{"format_version": 1, "entry": "20260101T000000Z-aaaaaa", "phase": "result", "at": 1.5, '
    '"apply_id": "a1", "client_id": null, "org_id": "o", "org_name": "Org", "host": "h", "sandbox": false, '
    '"plan_digest": "d", "origin": "set", "action_id": "x", "action_name": "X", "before_timeout_s": 5, '
    '"before_is_set": true, "after_timeout_s": 10, "version_before": 7, "version_after": 8, '
    '"correlation_ids": ["c"], "passed_before": true, "outcome": "applied", "reason": "r", "undoes": null, '
    '"run_ids": []}\n'
    '{"format_version": 1, "entry": "20260101T000001Z-bbbbbb", "phase": "intent", "at": 2.5, '
    '"apply_id": "a2", "client_id": "c", "org_id": "o", "org_name": "Org", "host": "h", "sandbox": false, '
    '"plan_digest": "d", "origin": "register", "action_id": "", "action_name": "New", '
    '"before_timeout_s": 30, "before_is_set": false, "after_timeout_s": 30, "version_before": null, '
    '"version_after": null, "correlation_ids": [], "passed_before": null, "outcome": null, "reason": null, '
    '"undoes": null, "run_ids": []}\n'
)


def test_a_journal_of_an_earlier_version_is_read_and_written_alike(tmp_path: Path) -> None:
    (tmp_path / "old.jsonl").write_text(OLD_JOURNAL)
    changed, created = Journal(tmp_path / "old.jsonl").read()

    assert (changed.creates, changed.finished, changed.outcome) == (False, True, "applied")
    assert (created.creates, created.finished, created.action_name) == (True, False, "New")
    for line in (changed, created):
        Journal(tmp_path / "new.jsonl").append(line)
    # What this version adds is unknown of the old lines; all else stands as it was.
    added = (tmp_path / "new.jsonl").read_text().replace('"test_input": null, ', "")
    added = added.replace(', "percentile": null, "promised_share": null, "grade": null', "")
    assert added == OLD_JOURNAL


def test_a_change_is_journalled_with_what_it_was_decided_on() -> None:
    by_hand = change_for(full_config(), 10)
    strict = replace(by_hand, evidence=Evidence("raise", percentile=0.999, promised_share=0.001))
    plan = Plan(12.5, IDENTITY, (by_hand, strict))
    lines = [first_line(change, plan, "d" * 64, Author(None, "a"), 1.0) for change in plan.changes]
    assert [(line.percentile, line.promised_share) for line in lines] == [(None, None), (0.999, 0.001)]


WRONG_VALUES: list[tuple[str, object]] = [
    ("promised_share", 1.5),
    ("percentile", "99"),
    ("before_timeout_s", 999),
    ("before_timeout_s", 0),
    ("before_timeout_s", "5"),
    ("before_timeout_s", True),
    ("before_timeout_s", 5.0),
    ("after_timeout_s", 61),
    ("after_timeout_s", None),
    ("at", "yesterday"),
    ("at", -1),
    ("at", 1e300),
    ("at", float("nan")),
    ("at", None),
    ("at", True),
    ("before_is_set", 1),
    ("sandbox", "no"),
    ("phase", "done"),
    ("phase", ["result"]),
    ("version_before", "7"),
    ("version_after", -1),
    ("action_id", None),
    ("action_name", ["X"]),
    ("org_id", 3),
    ("correlation_ids", "c1"),
    ("correlation_ids", [1]),
    ("run_ids", None),
    ("passed_before", "yes"),
    ("outcome", 1),
    ("reason", {}),
    ("undoes", []),
    ("entry", "../x"),
    ("entry", 7),
    # No field holds an object: one that is added and left unchecked is found here.
    *((field.name, {"nobody": "checks"}) for field in fields(JournalLine)),
]


@pytest.mark.parametrize(("field", "value"), WRONG_VALUES)
def test_a_line_with_a_wrong_value_is_set_aside_by_its_number(
    journal: Journal, field: str, value: object
) -> None:
    journal.append(record("e1"))
    whole = json.loads(journal.path.read_text())
    with journal.path.open("a") as file:
        file.write(json.dumps({**whole, "entry": "e2", field: value}) + "\n\n")
    journal.append(record("e3"))

    assert [found.entry for found in journal.read()] == ["e1", "e3"]
    (damaged,) = journal.damaged()
    assert damaged.number == 2
    assert field in damaged.fault


@pytest.mark.parametrize("field", ["at", "before_timeout_s", "phase", "entry", "host"])
def test_a_line_without_a_value_is_set_aside(journal: Journal, field: str) -> None:
    journal.append(record("e1"))
    whole = json.loads(journal.path.read_text())
    del whole[field]
    with journal.path.open("a") as file:
        file.write(json.dumps(whole) + "\n")

    assert len(journal.read()) == 1
    assert [str(line) for line in journal.damaged()] == [f"line 2 is set aside: it has no {field}"]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
@pytest.mark.parametrize("name", ["journal.jsonl.lock", "journal.jsonl"])
def test_a_journal_and_its_lock_are_regular_files(
    journal: Journal, make: Callable[[Path], None], name: str
) -> None:
    journal.path.parent.mkdir(exist_ok=True)
    make(journal.path.with_name(name))
    with pytest.raises(JournalError, match=r"is a (named pipe|directory)") as caught, journal.holding("a"):
        journal.append(record())
    assert caught.value.hint
