from analysis.format.manifest import LeftOut, Manifest
from diag.measuring.calls_made import SHOWN, left_out_lines


def manifest(*left_out: LeftOut, notes: tuple[str, ...] = ()) -> Manifest:
    kept = {"sandbox": True, "host": "h", "model": "open", "actions": (), "notes": notes}
    return Manifest("r", 1.0, "complete", left_out=left_out, **kept)  # type: ignore[arg-type]


def test_what_was_left_out_is_said_once_for_each_reason_and_many_names_are_counted() -> None:
    built_in = [LeftOut(f"A{number}", "built in") for number in range(SHOWN + 2)]
    assert left_out_lines(manifest(*built_in, LeftOut("Get Ledger", "its login failed"))) == [
        "Left out: A0, A1, A2, A3, A4 and 2 more: built in",
        "Left out: Get Ledger: its login failed",
    ]


def test_what_a_note_says_of_an_action_that_was_stopped_is_not_said_again() -> None:
    why = "Failing: 100 % of its last 20 calls failed"
    assert left_out_lines(manifest(LeftOut("Failing", why), notes=(why,))) == []
