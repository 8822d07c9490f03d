"""Messages on their way: once, whatever the webhook does, and without a trace of its address."""

import errno
import json
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diag.errors import CredentialsError
from diag.notifying import deliver
from diag.notifying.chosen_webhooks import chosen_webhooks
from diag.notifying.news import FoundNow, Item
from diag.notifying.notifier import Notifier
from diag.notifying.where_to_read import RunsFolder
from diag.settings import Settings
from tests.support.waiting import wait_until
from tests.support.webhook_server import SECRET, WebhookServer, webhook_server

BAD = FoundNow("diag check: 1 of 1 check failed", (Item("unset a1", "Get A: no timeout is set"),))
GOOD = FoundNow("diag check: 0 of 1 check failed", (), {"unset a1": "Get A: a timeout is set now."})


@pytest.fixture
def server() -> Iterator[WebhookServer]:
    with webhook_server() as running:
        yield running


class Session:
    """Runs of one verb, one after the other, as cron makes them."""

    def __init__(self, runs: Path, *addresses: str, within_s: float = 20.0) -> None:
        self.warned: list[str] = []
        webhooks = chosen_webhooks(addresses, Settings(runs))
        self.notifier = Notifier("check", webhooks, RunsFolder(runs), self.warned.append, within_s=within_s)

    def notify(self, found: FoundNow = BAD) -> None:
        self.notifier.notify(found)


def test_each_change_is_one_message_and_the_same_state_is_none(server: WebhookServer, tmp_path: Path) -> None:
    for found in (GOOD, BAD, BAD, GOOD, GOOD, BAD):
        Session(tmp_path / "runs", server.address).notify(found)

    assert [text.split("\n")[1] for text in server.texts] == [
        "Get A: no timeout is set",
        "Get A: a timeout is set now.",
        "Get A: no timeout is set",
    ]
    assert (tmp_path / "runs" / "notified.json").stat().st_mode & 0o777 == 0o600


def test_each_webhook_has_its_own_news(server: WebhookServer, tmp_path: Path) -> None:
    Session(tmp_path, server.address).notify()
    Session(tmp_path, server.address, f"{server.address}2").notify()

    assert [path.endswith("2") for path in server.paths] == [False, True]


@pytest.mark.parametrize("status", [302, 404, 429, 500])
def test_a_webhook_that_refuses_is_a_warning_and_is_tried_again_the_next_time(
    server: WebhookServer, tmp_path: Path, status: int
) -> None:
    server.status, server.headers = status, {"Location": f"{server.address}/elsewhere"}
    refused = Session(tmp_path, server.address)
    refused.notify()

    assert refused.warned == [
        f"A message was not delivered: {server.host} answered with HTTP {status}. The next run tries again."
    ]
    assert len(server.bodies) == 1  # no redirect is followed, nothing is tried twice
    server.status = 202
    Session(tmp_path, server.address).notify()
    Session(tmp_path, server.address).notify()
    assert len(server.bodies) == 2


def test_nobody_there_is_a_warning(server: WebhookServer, tmp_path: Path) -> None:
    server.close()
    session = Session(tmp_path, server.address)
    session.notify()

    (warned,) = session.warned
    assert warned.startswith(f"A message was not delivered: {server.host} refuses the connection.")


class OutOfTime:
    """In the place of `time`: the time a run waits is over once every server has read its message."""

    def __init__(self, *servers: WebhookServer) -> None:
        self._servers, self._begun = servers, False

    def monotonic(self) -> float:
        if not self._begun:
            self._begun = True
            return 0.0
        assert all(server.read.wait(60) for server in self._servers)
        return 1e9


def no_thread_is_left() -> bool:
    return not any(each.name.startswith("message to") for each in threading.enumerate())


def test_a_webhook_that_takes_its_time_holds_nobody_up_and_is_not_sent_twice(
    server: WebhookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.hold = threading.Event()
    monkeypatch.setattr(deliver, "time", OutOfTime(server))
    slow = Session(tmp_path, server.address)
    slow.notify()  # returns while the answer is held

    assert not server.hold.is_set()
    assert slow.warned == [
        f"{server.host} took a message and gave no answer: whether it arrived is not known, and it is not "
        "sent again."
    ]
    Session(tmp_path, server.address).notify()
    assert len(server.bodies) == 1
    server.hold.set()
    wait_until(no_thread_is_left, "the end of the message")


def test_a_webhook_that_nothing_reaches_in_time_is_tried_again_the_next_time(
    server: WebhookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = threading.Event()

    connect = socket.create_connection

    def late(*address: Any, **options: Any) -> socket.socket:
        looked_up.wait(60)
        return connect(*address, **options)

    monkeypatch.setattr(deliver, "time", OutOfTime())
    monkeypatch.setattr("socket.create_connection", late)
    session = Session(tmp_path, server.address)
    session.notify()

    assert session.warned == [
        f"A message was not delivered: {server.host} could not be reached within 20 s. The next run tries "
        "again."
    ]
    looked_up.set()
    wait_until(no_thread_is_left, "the end of the message")
    assert not server.bodies  # nor later, though the command may go on for a day
    monkeypatch.undo()
    Session(tmp_path, server.address).notify()
    assert len(server.bodies) == 1


def test_one_webhook_that_is_slow_keeps_no_message_from_another(
    server: WebhookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook_server() as slow:
        slow.hold = threading.Event()
        monkeypatch.setattr(deliver, "time", OutOfTime(slow, server))
        Session(tmp_path, slow.address, server.address).notify()
        assert server.bodies == slow.bodies != []
        slow.hold.set()
        wait_until(no_thread_is_left, "the end of the message")


def test_nothing_of_the_address_is_in_a_warning_a_log_or_a_file(
    server: WebhookServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.status = 500
    session = Session(tmp_path, server.address)
    session.notify()
    server.status = 200
    session.notify()

    assert SECRET in server.paths[0]
    files = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for text in (*session.warned, caplog.text, *files, repr(session.notifier), *map(str, server.bodies)):
        assert SECRET not in text


def test_a_failure_is_news_once_while_it_stays_the_same_and_when_it_is_over(
    server: WebhookServer, tmp_path: Path
) -> None:
    def fail(why: str) -> None:
        notifier = Session(tmp_path, server.address).notifier
        with pytest.raises(CredentialsError), notifier.notifying_of_failure():
            raise CredentialsError(why, hint="Ask for a new one.")

    for why in ("The token expired.", "The token expired.", "The org is gone."):
        fail(why)
    Session(tmp_path, server.address).notify(GOOD)
    Session(tmp_path, server.address).notify(GOOD)

    assert [text.split("\n")[:2] for text in server.texts] == [
        ["diag check could not do its work", "The token expired. Fix: Ask for a new one."],
        ["diag check could not do its work", "The org is gone. Fix: Ask for a new one."],
        ["diag check: 0 of 1 check failed", "diag check runs again."],
    ]


def test_what_somebody_sees_on_a_terminal_is_no_message(server: WebhookServer, tmp_path: Path) -> None:
    webhooks = chosen_webhooks([server.address], Settings(tmp_path))
    notifier = Notifier("check", webhooks, RunsFolder(tmp_path), print, attended=True)

    with pytest.raises(KeyError), notifier.notifying_of_failure():
        raise KeyError("a defect")

    assert server.bodies == []


def test_a_defect_is_named_by_its_kind_alone(server: WebhookServer, tmp_path: Path) -> None:
    notifier = Session(tmp_path, server.address).notifier

    with pytest.raises(KeyError), notifier.notifying_of_failure():
        raise KeyError("a value")

    assert server.texts[0].split("\n")[1] == "Unexpected error: KeyError."


@pytest.mark.parametrize("damage", ["", "{", '{"kind": "notification state", "webhooks": 7}', "[]"])
def test_a_damaged_file_is_a_warning(server: WebhookServer, tmp_path: Path, damage: str) -> None:
    (tmp_path / "notified.json").write_text(damage)
    session = Session(tmp_path, server.address)
    session.notify()

    (warned,) = session.warned
    assert "notified.json" in warned and warned.endswith("It is begun anew, so a message may repeat.")
    assert len(server.bodies) == 1
    assert json.loads((tmp_path / "notified.json").read_text())["kind"] == "notification state"


def test_a_folder_that_cannot_be_written_keeps_no_message_back(server: WebhookServer, tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    for _ in range(2):
        session = Session(tmp_path / "runs", server.address)
        session.notify()

        (warned,) = session.warned
        assert warned.endswith("What was notified is not kept, so messages may repeat.")
    Session(tmp_path / "runs", server.address).notify(GOOD)
    assert len(server.bodies) == 2


def test_a_folder_that_is_only_read_still_says_what_was_notified(
    server: WebhookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Session(tmp_path, server.address).notify()

    def refused(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("diag.notifying.notification_state.open_own", refused)
    for found in (BAD, GOOD):
        Session(tmp_path, server.address).notify(found)

    assert [text.split("\n")[1] for text in server.texts] == [
        "Get A: no timeout is set",
        "Get A: a timeout is set now.",
    ]


def test_no_thread_to_send_from_is_a_warning_and_the_next_run_tries_again(
    server: WebhookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    session = Session(tmp_path, server.address)
    with monkeypatch.context() as patch:
        patch.setattr(deliver._Post, "start", none_left)
        session.notify()
    assert session.warned[0].startswith("No message was sent: ")
    session.notify()
    assert len(server.bodies) == 1
