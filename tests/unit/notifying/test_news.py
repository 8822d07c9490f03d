"""What is news: once, again when it changes, and when it is over."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.notifying.news import MOST_LETTERS, MOST_SENTENCES, FoundNow, Item, Notified, news_of
from tests.support.examples import examples

TOO_SHORT = Item("outside a1", "Get A: the timeout is 5 s, recommended is 8 s", "raise", 8, 2.0)


def found(*items: Item, **fine: str) -> FoundNow:
    return FoundNow("diag check", items, {key.replace("_", " "): text for key, text in fine.items()})


def test_nothing_wrong_is_quiet_and_what_is_wrong_is_news_once() -> None:
    assert news_of(found(outside_a1="Get A: fits"), {}).sentences == ()

    first = news_of(found(TOO_SHORT), {})
    again = news_of(found(TOO_SHORT), first.notified)

    assert first.sentences == (TOO_SHORT.text,)
    assert again.sentences == () and again.notified == first.notified


def test_a_number_that_only_wobbles_is_no_news_and_one_that_moves_is() -> None:
    notified = news_of(found(TOO_SHORT), {}).notified

    assert news_of(found(replace(TOO_SHORT, number=10)), notified).sentences == ()
    assert news_of(found(replace(TOO_SHORT, number=11)), notified).sentences
    assert news_of(found(replace(TOO_SHORT, number=None)), notified).sentences
    assert news_of(found(replace(TOO_SHORT, mark="lower")), notified).sentences


def test_a_slow_drift_is_news_once_it_is_far_from_what_was_told() -> None:
    notified, said = news_of(found(TOO_SHORT), {}).notified, list[int]()
    for number in range(9, 15):
        news = news_of(found(replace(TOO_SHORT, number=number)), notified)
        notified, said = news.notified, [*said, *([number] if news.sentences else [])]

    assert said == [11, 14]


def test_only_what_was_looked_at_can_be_over() -> None:
    notified = news_of(found(TOO_SHORT), {}).notified

    assert news_of(found(outside_b2="Get B: fits"), notified).notified == notified  # Get A was not judged
    over = news_of(found(outside_a1="Get A: fits"), notified)
    assert over.sentences == ("Get A: fits",) and over.notified == {}


def test_a_message_stays_short() -> None:
    many = found(*(Item(str(number), "x" * 5000) for number in range(MOST_SENTENCES + 3)))

    said = news_of(many, {}).sentences

    assert len(said) == MOST_SENTENCES + 1 and said[-1] == "And 3 more."
    assert all(len(text) <= MOST_LETTERS for text in said)


KEYS = st.sampled_from(["a", "b", "c"])
NEAR = 2


def stated(key: str, mark: str, number: int | None) -> Item:
    """Return an item whose sentence is all of it, so that a reader of it knows as much."""
    return Item(key, f"{key}|{mark}|{number}", mark, number, NEAR)


ITEMS = st.builds(stated, KEYS, st.sampled_from(["", "x"]), st.none() | st.integers(1, 9))
FOUND = st.builds(
    lambda items, fine: FoundNow("title", tuple(items), {key: f"{key}|over|None" for key in fine}),
    st.lists(ITEMS, unique_by=lambda item: item.key),
    st.sets(KEYS),
)


@pytest.mark.slow
@settings(max_examples=examples(60))
@given(st.lists(st.tuples(FOUND, st.booleans()), max_size=8))
def test_whoever_reads_the_messages_knows_the_newest_of_each_and_reads_nothing_twice(
    runs: list[tuple[FoundNow, bool]],
) -> None:
    notified: dict[str, Notified] = {}
    known: dict[str, list[str]] = {}
    for one, arrives in runs:
        news = news_of(one, notified)
        if news.sentences and not arrives:  # refused: the next run says what is new then
            continue
        for sentence in news.sentences:
            key, *said = sentence.split("|")
            assert known.get(key) != said and (said[0] != "over" or key in known)
            known[key] = said
        notified = dict(news.notified)
        failing = {item.key for item in one.items}
        for item in one.items:
            mark, number = known[item.key]
            assert mark == item.mark and (number == "None") == (item.number is None)
            assert item.number is None or abs(item.number - float(number)) <= NEAR
        assert all(known.get(key, ["over"])[0] == "over" for key in one.fine if key not in failing)
