"""Whatever lies where a file of diag should be: a verb reads it or says what is wrong, and never waits."""

import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from analysis.analysis_errors import UnreadableSamplesError
from analysis.coverage.week_of_hours import stated_week
from analysis.format.action_facts import ActionFacts
from analysis.format.drafts_file import read_drafts
from analysis.format.input_file import MOST_BYTES, InputFile
from analysis.format.json_within_limits import BROKEN_CHARACTER, UnfitJsonError, parse_json, parse_line
from analysis.format.manifest import LeftOut, Manifest, read_manifest, write_manifest
from analysis.format.run_folder import RunFolder
from diag import cli
from diag.changes.change_errors import JournalError, PlanFileError
from diag.changes.journal.journal import Journal
from diag.changes.plans.plan_file import read_plan
from diag.errors import UsageError
from diag.workload.read_workload import read_workload
from tests.support.changes.journal_records import record
from tests.support.examples import examples
from tests.support.forged import forged_texts
from tests.support.sample_tables import calls, lognormal

MANIFEST = Manifest(
    "r1", 1_700_000_000.0, "complete", True, "http://x", "open",
    (
        ActionFacts(
            "orders", "Get", 5, True, cap_s=30, production_peak_rate=5.0, version=3,
            production_week=stated_week(["mon-fri 09:00-17:00"], "Europe/Berlin"),
        ),
    ),
    (LeftOut("a", "b"),), rates=(("orders", 1.0),), recommend={"orders": {"cap_s": 20}}, notes=("note",),
)  # fmt: skip


BODY = {
    "format_version": 1, "run_id": "r1", "created_at": 1.7e9, "status": "complete", "sandbox": True,
    "host": "http://x", "model": "open", "rates": [["orders", 1.0]], "recommend": {"orders": {"cap_s": 20}},
    "actions": [
        {
            "action_id": "orders", "current_timeout_s": 5, "cap_s": 30,
            "production_week": {"zone": "UTC", "calls": [1] * 168, "known_from": "telemetry"},
        }
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = RunFolder(tmp_path_factory.mktemp("runs") / "r1")
    write_manifest(folder, MANIFEST)
    calls(lognormal(100, 2.0, seed=3), timeout_s=5).to_parquet(folder.samples, index=False)
    return folder


def test_of_a_file_that_is_too_large_nothing_is_read(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.touch()
    os.truncate(file, MOST_BYTES + 1)
    tracemalloc.start()
    try:
        with pytest.raises(UsageError, match="is larger than 64 MiB"):
            InputFile(file, UsageError).read()
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(forged_texts(BODY))
def test_no_forged_manifest_ends_a_verb_unexpectedly(
    run: RunFolder, capsys: pytest.CaptureFixture[str], raw: bytes
) -> None:
    run.manifest.write_bytes(raw)

    cli.run(["recommend", str(run.path)])

    assert "Unexpected error" not in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_nothing_but_a_regular_file_is_opened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    word = {"pipe": "named pipe", "device": "device", "folder": "directory"}[kind]

    with pytest.raises(PlanFileError, match=word):
        read_plan(path)
    with pytest.raises(UsageError, match=word):
        read_workload(path)
    with pytest.raises(JournalError, match=word):
        Journal(path).read()
    assert read_drafts(path).drafts == ()
    path.rename(tmp_path / "manifest.json")
    with pytest.raises(UnreadableSamplesError, match=word):
        read_manifest(RunFolder(tmp_path))


def test_a_journal_is_never_a_device(tmp_path: Path) -> None:
    (tmp_path / "journal").symlink_to("/dev/full")
    with pytest.raises(JournalError, match="is a device"):
        Journal(tmp_path / "journal").append(record())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 200_000, "nested"),
        ("[" * 101 + "]" * 101, "nested"),
        ("NaN", "NaN"),
        ("1e999", "infinite"),
        ("9" * 30, "64 bits"),
        ("9" * 5000, "64 bits"),
        ("{", "not valid JSON"),
        ('{"version": 7, "config": {"a": 1, "a": 2}}', "the same key twice"),
    ],
)
def test_json_that_no_reader_could_bear_is_named(text: str, said: str) -> None:
    with pytest.raises(UnfitJsonError, match=said):
        parse_json(text)


def test_half_a_character_is_marked() -> None:
    text = '{"a": "\\ud83d", "b": "\\ud83d\\ude00"}'
    marked = {"a": BROKEN_CHARACTER, "b": "\U0001f600"}
    assert parse_json(text) == parse_line(text) == parse_line(text.encode()) == marked
    assert parse_line(b'{"a": "\xed\xa0\xbd", "b": {"\\ud83d": ["\\ud83d"]}}') == {
        "a": BROKEN_CHARACTER,
        "b": {BROKEN_CHARACTER: [BROKEN_CHARACTER]},
    }


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x" * 11)
    with pytest.raises(UsageError, match="larger than"):
        InputFile(tmp_path / "f", UsageError, most_bytes=10).read()


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 30, "a = " + "9" * 5000])
def test_toml_has_the_same_limits(tmp_path: Path, text: str) -> None:
    (tmp_path / "w.toml").write_text(text)
    with pytest.raises(UsageError, match=r"w\.toml"):
        read_workload(tmp_path / "w.toml")
