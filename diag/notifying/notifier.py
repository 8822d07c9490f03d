"""Notifies webhooks of what is new. Nothing that goes wrong here is more than a warning."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from diag.errors import UsageError
from diag.notifying.deliver import WITHIN_S, deliver
from diag.notifying.message_body import WebhookMessage, body_for
from diag.notifying.news import FoundNow, Item, news_of
from diag.notifying.notification_state import (
    STATE_FILE,
    NotificationState,
    one_at_a_time,
    read_state,
    write_state,
)
from diag.notifying.webhook import Webhook
from diag.notifying.where_to_read import RunsFolder


@dataclass(frozen=True, slots=True)
class Notifier:
    """Of one command. `runs`: the folder in which it is kept what was notified, with its address for the
    links of messages; `warn`: for the user."""

    verb: str
    webhooks: Sequence[Webhook]
    runs: RunsFolder
    warn: Callable[[str], None]
    who: str = ""
    """Sets this command apart from others of the verb, which may fail or not beside it."""
    attended: bool = False
    """Someone sees an error on the terminal, so it needs no message."""
    within_s: float = WITHIN_S

    def notify(self, found: FoundNow) -> None:
        """Notify each webhook of what is new to it, in one message; of nothing where nothing is.

        That the command came so far is itself news, where the last message said that it failed.
        """
        if not self.webhooks:
            return
        runs_again = {self._failure: f"diag {self.verb} runs again."}
        self._notify(replace(found, fine={**runs_again, **found.fine}))

    def failed(self, error: Exception) -> None:
        """Notify of an error; once, while it stays the same."""
        if self.webhooks and not self.attended:
            why = _in_words(error)
            hint = getattr(error, "hint", None)
            failure = Item(self._failure, f"{why} Fix: {hint}" if hint else why, mark=why)
            self._notify(FoundNow(f"diag {self.verb} could not do its work", (failure,)))

    @contextmanager
    def notifying_of_failure(self) -> Iterator[None]:
        """Notify of an error that ends the command, which goes on as it was."""
        try:
            yield
        except Exception as error:
            self.failed(error)
            raise

    @property
    def _failure(self) -> str:
        return f"failed {self.who}"

    def _notify(self, found: FoundNow) -> None:
        path = self.runs.path / STATE_FILE
        with ExitStack() as held:
            kept: OSError | None = None
            try:
                held.enter_context(one_at_a_time(path))
            except (
                OSError
            ) as error:  # a folder that is only read; a message that may repeat is better than none
                kept = error
            state = self._read(path)
            after = self._deliver(state, found)
            if after == state:
                return
            try:
                if kept is None:
                    write_state(path, after)
            except OSError as error:
                kept = error
            if kept is not None:
                why = kept.strerror or type(kept).__name__
                self.warn(f"{path}: {why}. What was notified is not kept, so messages may repeat.")

    def _read(self, path: Path) -> NotificationState:
        try:
            return read_state(path)
        except (UsageError, OSError) as error:
            why = error.message if isinstance(error, UsageError) else f"{path}: {error.strerror}."
            self.warn(f"{why} It is begun anew, so a message may repeat.")
            return NotificationState()

    def _deliver(self, state: NotificationState, found: FoundNow) -> NotificationState:
        """Return the state after the messages, which are on their way or refused by then."""
        news = {webhook: news_of(found, state.of(webhook, self.verb)) for webhook in self.webhooks}
        place = self.runs.place(found.report)
        message = WebhookMessage(self.verb, found.title, (), place, time.time())
        posts = [
            (webhook, body_for(webhook.kind, replace(message, sentences=one.sentences)))
            for webhook, one in news.items()
            if one.sentences
        ]
        try:
            how = deliver(posts, self.within_s)
        except RuntimeError:
            self.warn(
                "No message was sent: the system gives this process no thread. The next run tries again."
            )
            return state
        went = dict(zip((webhook for webhook, _ in posts), how, strict=True))
        for webhook, one in news.items():
            delivered = went.get(webhook)
            if delivered is not None and delivered.warning is not None:
                self.warn(delivered.warning)
            if delivered is None or delivered.sent:
                state = state.after(webhook, self.verb, one.notified)
        return state


def _in_words(error: Exception) -> str:
    """Return what the user reads of it (`diag.cli`), in one line."""
    if hasattr(error, "category") and hasattr(error, "message"):
        return str(error.message)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return f"Unexpected error: {type(error).__name__}."
