"""`diag observe --from FILE --against RUN`: an export beside a test, without an org."""

import json
from pathlib import Path

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode

HEAD = "Data Action,95% Duration (ms),99% Duration (ms)\n"
TESTED = (("a1", "Orders"), ("a2", "Twice"), ("a3", "Twice"))


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty home, and a test in which all actions take 3.0 to 3.4 s."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    lines = ["action_id,action_name,started_at,latency_ms,outcome,timeout_s"]
    lines += [
        f"{action_id},{name},{1_790_000_000 + 2.4 * n:.1f},{3000 + 37 * n % 400},ok,10"
        for action_id, name in TESTED
        for n in range(1000)
    ]
    (tmp_path / "calls.csv").write_text("\n".join(lines) + "\n")


def compared(rows: str) -> dict[str, str | None]:
    Path("view.csv").write_text(HEAD + rows)
    arguments = ["observe", "--from", "view.csv", "--against", "calls.csv", "-o", "found.json"]
    assert run(arguments) == ExitCode.OK
    found = json.loads(Path("found.json").read_text())["actions"]
    assert {one["recommended_timeout_s"] for one in found} == {None}
    return {one["action_name"]: one["test_against_production"] for one in found}


@pytest.mark.parametrize(
    ("p99_ms", "beside"), [(3397, "same"), (1000, "test slower"), (9000, "test faster"), ("", None)]
)
def test_an_export_is_compared_with_what_a_test_proves(p99_ms: object, beside: str | None) -> None:
    assert compared(f"Orders,900,{p99_ms}\n") == {"Orders": beside}


def test_an_action_is_compared_only_where_its_name_is_its_own() -> None:
    assert compared("Twice,900,9000\nOther,900,9000\n") == {"Twice": None, "Other": None}
    assert compared("Orders,900,9000\nOrders,100,200\n") == {"Orders": None}


@pytest.mark.parametrize(
    ("rows", "rules", "why"),
    [
        ("Other,900,9000\n", (), "None of these actions was tested"),
        ("Orders,900,9000\n", ("--cut-off", "0.1%"), "another share was asked for"),
        ("Orders,900,\n", (), "has no p99"),
    ],
)
def test_where_nothing_can_be_compared_the_reason_is_said(
    capsys: pytest.CaptureFixture[str], rows: str, rules: tuple[str, ...], why: str
) -> None:
    Path("view.csv").write_text(HEAD + rows)
    assert run(["observe", "--from", "view.csv", "--against", "calls.csv", *rules]) == ExitCode.OK

    told = capsys.readouterr()
    assert why in told.err and "beside the test" not in told.out


@pytest.mark.parametrize(("flag", "value"), [("--days", "7"), ("--days", "30"), ("--out", "plan.json")])
def test_a_flag_about_what_an_export_does_not_hold_is_refused(
    capsys: pytest.CaptureFixture[str], flag: str, value: str
) -> None:
    Path("view.csv").write_text(HEAD + "Orders,900,9000\n")
    assert run(["observe", "--from", "view.csv", flag, value]) == ExitCode.USAGE
    assert f"Leave {flag} away." in capsys.readouterr().err
