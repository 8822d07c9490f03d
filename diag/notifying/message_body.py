"""A message, and the form in which each kind of webhook takes it. It holds no value and no secret: only what
a verb prints, too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

from analysis.moment_words import utc_time
from analysis.plain_text import json_text, markdown, printable
from diag.notifying.webhook_kind import Kind
from diag.notifying.where_to_read import Whereabouts

MESSAGE_VERSION: Final = 1
_CARD: Final = "application/vnd.microsoft.card.adaptive"


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """One message of one verb; `at`: Unix seconds. Every text is a line."""

    verb: str
    title: str
    sentences: tuple[str, ...]
    where: Whereabouts | None
    at: float

    @property
    def lines(self) -> tuple[str, ...]:
        """Return all of it, the title first."""
        where = None if self.where is None else self.where.text
        return tuple(printable(line) for line in (self.title, *self.sentences, where) if line)


class MessageJson(TypedDict):
    """What is new since the last message to the same webhook: what --notify posts to one that is neither of
    Slack nor of Teams."""

    format_version: Literal[1]
    kind: Literal["webhook message"]
    verb: str
    """Which command found it: check, watch or tune."""
    at: str
    """When (ISO 8601, UTC)."""
    title: str
    sentences: list[str]
    """What is new, a sentence each."""
    where: str | None
    """Where the whole of it can be read; null: nowhere else."""
    text: str
    """All of it in Markdown, as Mattermost and others show it; no name in it is a link or mentions anyone."""


def body_for(kind: Kind, message: WebhookMessage) -> bytes:
    """Return the body to post, as JSON."""
    forms: Mapping[Kind, Callable[[WebhookMessage], object]] = {
        "slack": _slack,
        "teams": _teams,
        "json": _json,
    }
    return json_text(forms[kind](message), readable=True).encode()  # half as long in many scripts


def _slack(message: WebhookMessage) -> Mapping[str, object]:
    """https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: `&`, `<` and `>` are control
    characters there, so that no name can mention a channel or be a link; names are not marked up either."""
    text = "\n".join(message.lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


def _teams(message: WebhookMessage) -> Mapping[str, object]:
    """The request of "When a Teams webhook request is received" (Power Automate): a message with an Adaptive
    Card (https://learn.microsoft.com/connectors/teams, "Request body schema"). The text of a RichTextBlock is
    shown as it is; that of a TextBlock would be Markdown, and a name in it a link."""
    title, *lines = message.lines
    head = _run(title, size="medium", weight="bolder")
    card: dict[str, object] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": [head, *(_run(line) for line in lines)],
        "msteams": {"width": "full"},
    }
    link = None if message.where is None else message.where.link
    if link is not None:  # the text of a run is no link, on a telephone either
        card["actions"] = [{"type": "Action.OpenUrl", "title": link.title, "url": link.address}]
    return {
        "type": "message",
        "attachments": [{"contentType": _CARD, "contentUrl": None, "content": card}],
    }


def _run(text: str, **look: str) -> Mapping[str, object]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **look}]}


def _json(message: WebhookMessage) -> MessageJson:
    return {
        "format_version": MESSAGE_VERSION,
        "kind": "webhook message",
        "verb": message.verb,
        "at": utc_time(message.at),
        "title": printable(message.title),
        "sentences": [printable(sentence) for sentence in message.sentences],
        "where": None if message.where is None else printable(message.where.text),
        "text": _markdown(message),
    }


def _markdown(message: WebhookMessage) -> str:
    """Only the link is one; in `<>`, because a backslash before its `_` would be a part of it."""
    text = "\n".join(map(markdown, message.lines))
    link = None if message.where is None else message.where.link
    return text if link is None else text.replace(markdown(link.address), f"<{link.address}>")
