"""Which file of facts a session goes by, and which it must not."""

from datetime import date
from pathlib import Path
from typing import Literal

import pytest

from diag.errors import UsageError
from diag.platform_facts.facts import Learnt, PlatformFacts
from diag.platform_facts.known_platform import known_platform
from diag.platform_facts.platform_file import write_platform

On = Literal["org", "sandbox"]


def written(path: Path, on: On) -> Path:
    write_platform(path, PlatformFacts(on, retry_after=Learnt(True, date(2026, 11, 29), "a 429 was met")))
    return path


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    known = known_platform(None, "org", folder=tmp_path)

    assert (known.facts, known.path, known.set_aside) == (PlatformFacts("org"), None, None)


def test_how_to_learn_is_said_where_no_file_is_in_force(tmp_path: Path) -> None:
    unknown = known_platform(None, "org", folder=tmp_path)
    made_up = written(tmp_path / "platform.toml", "sandbox")
    set_aside = known_platform(None, "org", folder=tmp_path)

    assert (unknown.to_learn("diag doctor --learn") or "").endswith("of an action: diag doctor --learn")
    assert set_aside.path is None and set_aside.to_learn("diag doctor --learn")
    assert known_platform(made_up, "sandbox").to_learn("diag doctor --learn") is None


@pytest.mark.parametrize(
    ("learnt_on", "called", "plays", "used"),
    [
        ("org", "org", False, True),
        ("sandbox", "org", False, False),
        ("sandbox", "sandbox", False, True),
        ("org", "sandbox", False, False),
        ("org", "sandbox", True, True),
    ],
)
def test_the_file_in_this_folder_is_used_where_it_is_about_what_is_called(
    tmp_path: Path, learnt_on: On, called: On, plays: bool, used: bool
) -> None:
    path = written(tmp_path / "platform.toml", learnt_on)

    known = known_platform(None, called, plays_a_file=plays, folder=tmp_path)

    assert known.path == (path if used else None)
    assert (known.facts.retry_after is not None) == used
    assert known.set_aside == (
        None if used else f"{path} was learnt on {('an ' if learnt_on == 'org' else 'a ')}{learnt_on}"
    )


def test_a_file_that_is_named_is_used_or_refused_and_never_left_out_in_silence(tmp_path: Path) -> None:
    made_up = written(tmp_path / "made-up.toml", "sandbox")
    real = written(tmp_path / "real.toml", "org")

    assert known_platform(real, "org", folder=tmp_path).path == real
    assert known_platform(real, "sandbox", folder=tmp_path).path == real
    with pytest.raises(UsageError, match="learnt on a sandbox"):
        known_platform(made_up, "org", folder=tmp_path)
    with pytest.raises(UsageError, match="does not exist"):
        known_platform(tmp_path / "gone.toml", "org", folder=tmp_path)
