"""What is told: once, again when it changes, and when it is over."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from diag.notifying.news import MOST_LETTERS, MOST_SENTENCES, Item, Told, ToTell, news_of
from tests.support.examples import examples

TOO_SHORT = Item("outside a1", "Get A: the timeout is 5 s, recommended is 8 s", "raise", 8, 2.0)


def found(*items: Item, **fine: str) -> ToTell:
    return ToTell("diag check", items, {key.replace("_", " "): text for key, text in fine.items()})


def test_nothing_wrong_is_quiet_and_what_is_wrong_is_told_once() -> None:
    assert news_of(found(outside_a1="Get A: fits"), {}).sentences == ()

    first = news_of(found(TOO_SHORT), {})
    again = news_of(found(TOO_SHORT), first.told)

    assert first.sentences == (TOO_SHORT.text,)
    assert again.sentences == () and again.told == first.told


def test_a_number_that_only_wobbles_is_not_told_again_and_one_that_moves_is() -> None:
    told = news_of(found(TOO_SHORT), {}).told

    assert news_of(found(replace(TOO_SHORT, number=10)), told).sentences == ()
    assert news_of(found(replace(TOO_SHORT, number=11)), told).sentences
    assert news_of(found(replace(TOO_SHORT, number=None)), told).sentences
    assert news_of(found(replace(TOO_SHORT, mark="lower")), told).sentences


def test_a_slow_drift_is_told_once_it_is_far_from_what_was_told() -> None:
    told, said = news_of(found(TOO_SHORT), {}).told, list[int]()
    for number in range(9, 15):
        news = news_of(found(replace(TOO_SHORT, number=number)), told)
        told, said = news.told, [*said, *([number] if news.sentences else [])]

    assert said == [11, 14]


def test_only_what_was_looked_at_can_be_over() -> None:
    told = news_of(found(TOO_SHORT), {}).told

    assert news_of(found(outside_b2="Get B: fits"), told).told == told  # Get A was not judged
    over = news_of(found(outside_a1="Get A: fits"), told)
    assert over.sentences == ("Get A: fits",) and over.told == {}


def test_a_message_stays_short() -> None:
    many = found(*(Item(str(number), "x" * 5000) for number in range(MOST_SENTENCES + 3)))

    said = news_of(many, {}).sentences

    assert len(said) == MOST_SENTENCES + 1 and said[-1] == "And 3 more."
    assert all(len(text) <= MOST_LETTERS for text in said)


KEYS = st.sampled_from(["a", "b", "c"])
ITEMS = st.builds(Item, KEYS, st.just("text"), st.sampled_from(["", "x"]), st.none() | st.integers(1, 9))
FOUND = st.builds(
    ToTell,
    st.just("title"),
    st.lists(ITEMS, unique_by=lambda item: item.key).map(tuple),
    st.dictionaries(KEYS, st.just("over")),
)


@settings(max_examples=examples(20))
@given(st.lists(FOUND, max_size=6))
def test_whatever_comes_the_same_findings_are_never_told_twice_in_a_row(all_found: list[ToTell]) -> None:
    told: dict[str, Told] = {}
    for one in all_found:
        told = dict(news_of(one, told).told)

        assert news_of(one, told).sentences == ()
