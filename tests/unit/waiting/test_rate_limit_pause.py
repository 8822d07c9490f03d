import pytest

from diag.console import Console
from diag.waiting.rate_limit_pause import pause_note


def test_a_pause_worth_saying_is_said_with_its_length_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    say = pause_note(Console())
    say(5.0)  # the normal pace
    assert capsys.readouterr().err == ""

    say(12.4)
    assert (
        capsys.readouterr().err == "Waiting 12 s: Genesys Cloud allows a token 300 API requests a minute.\n"
    )

    pause_note(Console(quiet=True))(60.0)
    assert capsys.readouterr().err == ""
