"""Tells webhooks what is new. Nothing that goes wrong here is more than a warning."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from diag.errors import UsageError
from diag.notifying.deliver import WITHIN_S, deliver
from diag.notifying.message import WebhookMessage, body_for
from diag.notifying.news import Item, ToTell, news_of
from diag.notifying.place import this_place
from diag.notifying.told_file import TOLD_FILE, ToldFile, only_one, read_told, write_told
from diag.notifying.webhook import Webhook


@dataclass(frozen=True, slots=True)
class Notifier:
    """Of one command. `runs`: the folder in which it is kept what was told; `warn`: for the user."""

    verb: str
    webhooks: Sequence[Webhook]
    runs: Path
    warn: Callable[[str], None]
    who: str = ""
    """What tells this command from others of the verb that may fail or not beside it."""
    attended: bool = False
    """Someone sees an error on the terminal, so nobody has to be told of it."""
    within_s: float = WITHIN_S

    def tell(self, found: ToTell) -> None:
        """Tell each webhook what is new to it, in one message; nothing where nothing is.

        That the command came so far is itself news, where the last message said that it failed.
        """
        if not self.webhooks:
            return
        runs_again = {self._failure: f"diag {self.verb} runs again."}
        found = ToTell(found.title, found.items, {**runs_again, **found.fine}, found.where)
        self._tell(found)

    @contextmanager
    def telling_of_failure(self) -> Iterator[None]:
        """Tell of an error that ends the command, which goes on as it was; once, while it stays the same."""
        try:
            yield
        except Exception as error:
            if self.webhooks and not self.attended:
                why = _in_words(error)
                failure = Item(self._failure, why, mark=why)
                self._tell(ToTell(f"diag {self.verb} could not do its work", (failure,), where=this_place()))
            raise

    @property
    def _failure(self) -> str:
        return f"failed {self.who}"

    def _tell(self, found: ToTell) -> None:
        path = self.runs / TOLD_FILE
        try:
            with only_one(path):
                told = self._read(path)
                after = self._told(told, found)
                if after != told:
                    write_told(path, after)
        except OSError as error:
            self.warn(f"{path}: {error.strerror}. What was told is not kept, so messages may repeat.")

    def _read(self, path: Path) -> ToldFile:
        try:
            return read_told(path)
        except UsageError as error:
            self.warn(f"{error.message} It is begun anew, so a message may repeat.")
            return ToldFile()

    def _told(self, told: ToldFile, found: ToTell) -> ToldFile:
        news = {webhook: news_of(found, told.told(webhook, self.verb)) for webhook in self.webhooks}
        message = WebhookMessage(self.verb, found.title, (), found.where, time.time())
        to_tell = [
            (webhook, body_for(webhook.kind, replace(message, sentences=one.sentences)))
            for webhook, one in news.items()
            if one.sentences
        ]
        went = dict(zip((webhook for webhook, _ in to_tell), deliver(to_tell, self.within_s), strict=True))
        for webhook, one in news.items():
            delivery = went.get(webhook)
            if delivery is not None and delivery.warning is not None:
                self.warn(delivery.warning)
            if delivery is None or delivery.told:
                told = told.with_told(webhook, self.verb, one.told)
        return told


def _in_words(error: Exception) -> str:
    """Return what the user reads of it (`diag.cli`), in one line."""
    if hasattr(error, "category") and hasattr(error, "message"):
        return str(error.message)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return f"Unexpected error: {type(error).__name__}."
