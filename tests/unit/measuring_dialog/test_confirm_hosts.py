"""Hosts that a load did not begin for are asked for by name, and the load is begun again with them."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.format.run_folder import RunFolder
from diag.console import Console
from diag.errors import UsageError
from diag.measuring.asked_of_direct_calls import DirectOptions, direct_words
from diag.measuring.load_log import Refusal
from diag.measuring.load_process import LoadOptions, LoadResult
from diag.measuring.unconfirmed_hosts_file import HostToConfirm, read_hosts, write_hosts
from diag.measuring_dialog.confirm_hosts import confirm_hosts, measure_confirmed
from tests.support.typed_answers import type_in

HOSTS = (
    HostToConfirm("api.example.com", ("Get\x1b[2J\nCustomer",), 2.004, 40.0),
    HostToConfirm("[2001:db8::1]:8443", ("Save",), 5.0, None, ("Save",)),
)


@pytest.mark.parametrize(("planned", "asked"), [(1.1, 1.1), (0.07, 0.07), (2.004, 2.01), (1e-6, 0.01)])
def test_a_person_is_asked_for_whole_hundredths_of_the_planned_rate(planned: float, asked: float) -> None:
    console = Asked(["api.example.com"])

    confirmed = confirm_hosts(console, (HostToConfirm("api.example.com", ("Read",), planned, None),))
    assert confirmed == (f"api.example.com={asked}",)


class Asked(Console):
    """A console on which somebody answers."""

    def __init__(self, answers: list[str], *, interactive: bool = True) -> None:
        super().__init__()
        self.answers = answers
        self.is_interactive = interactive
        self.shown = ""

    @property
    def interactive(self) -> bool:
        return self.is_interactive

    def confirm(self, question: str, *, expected: str = "yes") -> bool:
        self.shown += question + "\n"
        return self.answers.pop(0) == expected

    def block(self, text: str) -> None:
        self.shown += text + "\n"

    def warn(self, text: str) -> None:
        self.shown += text + "\n"


class Load:
    """A load process that begins only where both hosts are confirmed."""

    def __init__(self, folder: Path) -> None:
        self.begun: list[LoadOptions] = []
        self.result = LoadResult(RunFolder(folder), 0, "complete", None, folder / "load.log")

    def measure(self, console: Console, options: LoadOptions) -> LoadResult:
        self.begun.append(options)
        if len(options.direct.confirm_hosts) == len(HOSTS):
            return self.result
        if options.direct.hosts_file is not None:
            write_hosts(options.direct.hosts_file, HOSTS)
        return replace(self.result, exit_code=2, refusal=Refusal("not confirmed"))


def options(folder: Path) -> LoadOptions:
    return LoadOptions(folder, 10.0, direct=DirectOptions(timeout_s=2.5, audit=False, allow_private=True))


def test_each_host_is_confirmed_by_its_name(tmp_path: Path) -> None:
    console, load = Asked([host.name for host in HOSTS]), Load(tmp_path)
    assert measure_confirmed(console, options(tmp_path), load.measure) is load.result
    assert [each.direct.hosts_file is None for each in load.begun] == [False, True]
    words = direct_words(load.begun[-1].direct)
    assert words[-4:] == [
        *("--confirm-host", "api.example.com=2.01"),
        *("--confirm-host", "[2001:db8::1]:8443=5"),
    ]
    assert {"--timeout", "2.5", "--audit", "off", "--allow-private"} <= set(words)
    assert "Call api.example.com up to 2.01 times a second? Type its name." in console.shown
    assert "Save may change real data with every call." in console.shown
    assert "until stopped" in console.shown
    assert "\x1b" not in console.shown


def test_who_is_asked_sees_the_calls_though_the_command_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "api.example.com\n")
    console = Console(quiet=True)

    confirm_hosts(console, HOSTS[:1])

    shown = capsys.readouterr().err
    assert "These calls go to backends themselves" in shown and "2.01" in shown.split("Call ")[0]
    console.note("and quiet again")
    assert capsys.readouterr().err == ""


def test_a_host_that_is_not_confirmed_is_not_called(tmp_path: Path) -> None:
    console, load = Asked(["api.example.com", "yes"]), Load(tmp_path)
    with pytest.raises(UsageError, match="8443 was not confirmed; nothing was called"):
        measure_confirmed(console, options(tmp_path), load.measure)
    assert len(load.begun) == 1


def test_without_a_terminal_nobody_is_asked(tmp_path: Path) -> None:
    console, load = Asked([], interactive=False), Load(tmp_path)
    refused = measure_confirmed(console, options(tmp_path), load.measure)
    assert refused.refusal is not None
    assert load.begun == [options(tmp_path)]


def test_hosts_are_read_as_they_were_left_and_nothing_else_is_believed(tmp_path: Path) -> None:
    file = tmp_path / "hosts.json"
    assert read_hosts(file) == ()
    write_hosts(file, HOSTS)
    assert read_hosts(file) == HOSTS
    file.write_text('{"hosts": [{"name": 1}]}')
    with pytest.raises(UsageError, match="does not hold hosts"):
        read_hosts(file)
