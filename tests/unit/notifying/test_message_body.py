"""The form of a message for each kind of webhook, and no name that could be more than a name there."""

import json
from dataclasses import replace

from analysis.plain_text import printable
from diag.notifying.message_body import WebhookMessage, body_for
from diag.notifying.news import FoundNow, Item, news_of
from diag.notifying.where_to_read import Link, Whereabouts
from tests.support.drawn.schemas import faults

HOSTILE = "<!channel> [click](https://evil.example) *x* & \x1b[31m\u202e\n@here"
MESSAGE = WebhookMessage(
    "check",
    "diag check: 1 of 2 checks failed",
    (f"{HOSTILE}: no timeout",),
    Whereabouts("Report: /r on m"),
    1_790_000_000,
)


def test_slack_gets_one_text_in_which_nothing_is_a_command() -> None:
    body = json.loads(body_for("slack", MESSAGE))

    assert {name: body[name] for name in {*body} - {"text"}} == {
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    title, sentence, where = body["text"].split("\n")
    assert (title, where) == ("diag check: 1 of 2 checks failed", "Report: /r on m")
    assert sentence.startswith("&lt;!channel&gt; [click](https://evil.example) *x* &amp; ")
    assert "<" not in sentence and "\x1b" not in sentence and "\u202e" not in sentence


def test_teams_gets_a_message_with_one_card_of_plain_runs() -> None:
    body = json.loads(body_for("teams", MESSAGE))

    assert body["type"] == "message"
    (attached,) = body["attachments"]
    assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attached["contentUrl"] is None
    card = attached["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.2")
    assert [block["type"] for block in card["body"]] == ["RichTextBlock"] * 3
    runs = [run for block in card["body"] for run in block["inlines"]]
    assert {run["type"] for run in runs} == {"TextRun"}
    assert runs[0]["text"] == "diag check: 1 of 2 checks failed"
    assert runs[1]["text"].startswith("<!channel> [click](https://evil.example) *x* & ")
    assert "\n" not in runs[1]["text"]
    assert "actions" not in card

    linked = replace(
        MESSAGE, where=Whereabouts("Report: /r on m", Link("Open the report", "https://f.example/r"))
    )
    card = json.loads(body_for("teams", linked))["attachments"][0]["content"]
    assert card["actions"] == [
        {"type": "Action.OpenUrl", "title": "Open the report", "url": "https://f.example/r"}
    ]


def test_any_other_webhook_gets_its_parts() -> None:
    body = json.loads(body_for("json", MESSAGE))
    assert faults("message", body) == []

    assert (body["format_version"], body["kind"], body["verb"]) == (1, "webhook message", "check")
    assert body["at"] == "2026-09-21T14:13:20Z"
    assert body["sentences"] == [printable(f"{HOSTILE}: no timeout")]
    title, sentence, where = body["text"].split("\n")  # Markdown: nobody is mentioned, nothing is a link
    assert (title, where) == (body["title"], body["where"])
    assert sentence.startswith(r"\<!channel\> \[click\](https://evil.example) \*x\* \& ")
    assert "@" not in sentence

    address = "https://f.example/our_runs/r"
    linked = replace(MESSAGE, where=Whereabouts(f"Report: {address} (/a_b on m)", Link("Open", address)))
    text = json.loads(body_for("json", linked))["text"]
    assert text.endswith(rf"Report: <{address}> (/a\_b on m)")


def test_the_longest_card_is_one_that_teams_takes() -> None:
    found = FoundNow("title", tuple(Item(str(number), "\U0001f600" * 5000) for number in range(2000)))
    sentences = news_of(found, {}).sentences

    assert len(body_for("teams", replace(MESSAGE, sentences=sentences))) < 28_000


def test_where_nothing_lies_nothing_is_said_of_it() -> None:
    body = json.loads(body_for("json", WebhookMessage("watch", "title", ("text",), None, 0.0)))
    assert faults("message", body) == []

    assert (body["where"], body["text"]) == (None, "title\ntext")
