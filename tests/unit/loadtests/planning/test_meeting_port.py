"""A run that forks its workers meets them where no other run does."""

import argparse
import socket

import pytest

from diag.exit_codes import ExitCode
from loadtests.planning.meeting_port import LOCUSTS_PORT, arrange_meeting


def parsed(*arguments: str, **environ: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int)
    parser.add_argument("--master", action="store_true")
    parser.add_argument("--worker", action="store_true")
    parser.add_argument("--master-bind-host", default="*")
    parser.add_argument("--master-bind-port", type=int, default=LOCUSTS_PORT)
    parser.add_argument("--master-port", type=int, default=LOCUSTS_PORT)
    arrange_meeting(parser, arguments, environ)
    return parser.parse_args(arguments)


@pytest.mark.parametrize("arguments", [("--processes", "2"), ("--processes=2",)])
def test_forked_workers_meet_their_master_on_a_free_port_of_this_machine(arguments: tuple[str, ...]) -> None:
    options = parsed(*arguments)

    assert options.master_bind_port == options.master_port != LOCUSTS_PORT
    assert options.master_bind_host == "127.0.0.1"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", options.master_bind_port))
    assert options.diag_run_key


def test_the_environment_may_ask_for_processes_too() -> None:
    assert parsed(LOCUST_PROCESSES="2").master_bind_port != LOCUSTS_PORT


def test_a_stated_port_is_left_as_it_is() -> None:
    with socket.socket() as probe:
        probe.bind(("", 0))
        free = str(probe.getsockname()[1])
    options = parsed("--processes", "2", "--master-bind-port", free, "--master-port", free)

    assert (options.master_bind_port, options.master_port) == (int(free), int(free))


@pytest.mark.parametrize("role", [("--master",), ("--processes", "2")])
def test_a_taken_port_is_refused_in_one_sentence(
    role: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            parsed(*role, "--master-bind-port", str(port))

    assert ended.value.code == ExitCode.USAGE
    said = capsys.readouterr().err
    assert f"Port {port}" in said and "--master-bind-port" in said


def test_a_worker_and_a_run_in_one_process_are_left_alone() -> None:
    for options in (parsed("--worker"), parsed()):
        assert options.master_port == LOCUSTS_PORT
        assert not hasattr(options, "diag_run_key")
