"""platform.toml: what was learnt is read again as it was written, and nothing of an org gets in."""

from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.errors import UsageError
from diag.platform_facts.fact_kinds import (
    Code,
    CodeList,
    Label,
    OneOf,
    TimeoutWords,
    WholeNumber,
    Words,
    YesOrNo,
    names_something,
)
from diag.platform_facts.facts import FACTS, Fact, Learnt, PlatformFacts
from diag.platform_facts.platform_file import platform_text, read_platform, write_platform
from tests.support.examples import examples

ON = date(2026, 11, 29)
HEAD = 'format_version = 1\nlearnt_on = "org"\n'
ONE = '[patch_config]\nvalue = "merge"\nfound = 2026-11-29\nhow = "read back"\nconfidence = "seen"\n'
CODES = st.from_regex(r"[A-Za-z0-9._:-]{1,80}", fullmatch=True).filter(lambda text: not names_something(text))


def values(fact: Fact) -> st.SearchStrategy[Any]:
    match fact.kind:
        case OneOf(words):
            return st.sampled_from([*words])
        case YesOrNo():
            return st.booleans()
        case WholeNumber(low, high):
            return st.integers(low, high)
        case Code() | Label():
            return CODES
        case CodeList():
            return st.lists(CODES, max_size=5).map(tuple)
        case Words():
            either = st.tuples(CODES, st.none() | CODES).flatmap(st.permutations)
            return either.map(lambda two: TimeoutWords(*two))
        case _:
            raise AssertionError(fact.kind)


def learnt(fact: Fact) -> st.SearchStrategy[Learnt[Any] | None]:
    how = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=60)
    return st.none() | st.builds(
        Learnt,
        values(fact),
        st.dates(),
        how.filter(lambda text: not names_something(text) and text.isprintable()),
        st.sampled_from(["seen", "concluded"]),
    )


def some_facts() -> st.SearchStrategy[PlatformFacts]:
    each = st.fixed_dictionaries({fact.key: learnt(fact) for fact in FACTS})
    return st.builds(lambda on, found: PlatformFacts(on, **found), st.sampled_from(["org", "sandbox"]), each)


def refused(tmp_path: Path, text: str) -> UsageError:
    path = tmp_path / "platform.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_platform(path)
    return caught.value


def test_the_table_names_every_field_once_and_in_order() -> None:
    assert [fact.key for fact in FACTS] == [item.name for item in fields(PlatformFacts)][1:]


@pytest.mark.slow
@settings(max_examples=examples(40), deadline=None)
@given(facts=some_facts())
def test_what_was_learnt_is_read_again_as_it_was_written(
    facts: PlatformFacts, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.toml"

    write_platform(path, facts)

    assert read_platform(path) == facts


def test_the_file_says_in_plain_words_what_each_value_means() -> None:
    merge: Learnt[Any] = Learnt("merge", ON, "a draft patched without its success template, read back")
    text = platform_text(PlatformFacts("org", patch_config=merge))

    assert "# A PATCH keeps what it leaves out of the configuration.\n[patch_config]\n" in text
    assert "found = 2026-11-29\n" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD.replace("1", "2"), "has format_version 2, this diag reads 1"),
        ('learnt_on = "org"\n', "has no format_version, this diag reads 1"),
        (HEAD.replace("org", "prod"), "learnt_on is 'prod'"),
        (HEAD + ONE.replace("patch_config", "patch_confg"), "unknown setting 'patch_confg'"),
        (HEAD + ONE + "org = 1\n", "unknown setting 'org'"),
        (HEAD + ONE.replace('"merge"', '"mrge"'), "value is 'mrge'"),
        (HEAD + ONE.replace('"merge"', "1"), "value is 1"),
        (HEAD + ONE.replace('value = "merge"\n', ""), "value is missing"),
        (HEAD + ONE.replace("2026-11-29", '"2026-11-29"'), "found is not a date"),
        (HEAD + ONE.replace("2026-11-29", "2026-11-29T01:00:00"), "found is not a date"),
        (HEAD + ONE.replace("seen", "sure"), "confidence is 'sure'"),
        (HEAD + ONE.replace("read back", "GET https://backend"), "how is not one line"),
        (
            HEAD + "[retry_after]\n" + ONE.replace('[patch_config]\nvalue = "merge"', "value = 1"),
            "value is 1",
        ),
        ("patch_config = 1\n" + HEAD, "patch_config is 1"),
        ("]", "is not valid TOML"),
    ],
)
def test_whatever_is_not_such_a_file_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text).message


@pytest.mark.parametrize(
    "text",
    [
        "of https://api.mypurecloud.de",
        "action custom_-_6c9bd3a1-51c0-4f7c-9f7c-2b1b8c1a0b11",
        "by someone@example.org",
        "at 10.0.0.7",
        "two\nlines",
        "",
    ],
)
def test_nothing_that_could_name_an_org_is_written(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="names nothing"):
        write_platform(tmp_path / "p.toml", PlatformFacts("org", retry_after=Learnt(True, ON, text)))
    assert not (tmp_path / "p.toml").exists()


def test_a_value_that_no_reader_would_take_is_not_written() -> None:
    with pytest.raises(ValueError, match="timeout_code must be a code"):
        platform_text(PlatformFacts("org", timeout_code=Learnt("customer 4711 is gone", ON, "seen")))
