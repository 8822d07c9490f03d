import hashlib
from dataclasses import replace
from typing import Any

from diag.changes.plans.action_fields import differences, digest_of, fields_of, new_salt
from diag.genesys.full_config import FullConfig
from tests.support.changes.fake_org import all_but_timeout, full_config

FULL = full_config()


def with_config(**parts: Any) -> FullConfig:
    config = FULL.action.config
    assert config is not None
    return replace(FULL, action=replace(FULL.action, config=replace(config, **parts)))


def test_the_timeout_and_the_version_are_not_among_the_fields() -> None:
    moved = replace(FULL, action=replace(with_config(timeout_seconds=40).action, version=99))

    assert all_but_timeout(moved) == all_but_timeout(FULL)
    assert digest_of(all_but_timeout(moved)) == digest_of(all_but_timeout(FULL))


def test_where_a_template_lies_is_no_difference_but_its_text_is() -> None:
    config = FULL.action.config
    assert config is not None
    elsewhere = with_config(request={**config.request, "requestTemplateUri": "/other/place"})

    assert all_but_timeout(elsewhere) == all_but_timeout(FULL)
    (found,) = differences(all_but_timeout(FULL), all_but_timeout(replace(FULL, success_template="other")))
    assert found.field == "config.response.successTemplate"


def test_null_empty_and_absent_are_the_same() -> None:
    config = FULL.action.config
    assert config is not None
    response = {"translationMap": {"name": "$.name"}, "extra": None}

    assert all_but_timeout(with_config(response=response)) == all_but_timeout(FULL)


def test_every_other_key_counts_also_one_unknown_today() -> None:
    found = differences(all_but_timeout(FULL), all_but_timeout(with_config(other={"retries": {"max": 3}})))

    assert [item.field for item in found] == ["config.retries.max"]


def test_short_harmless_values_are_shown_and_all_others_are_digests() -> None:
    fields = all_but_timeout(FULL)

    assert fields["config.request.requestType"] == "'GET'"
    assert fields["category"] == "'CRM'"
    assert fields["config.request.headers.X-Api-Key"].startswith("digest:")
    assert str(differences({"name": "'A'"}, {})[0]) == "name: planned 'A', present absent"


def test_digests_of_two_salts_cannot_be_compared_nor_looked_up() -> None:
    header = "config.request.headers.X-Api-Key"
    one, other = new_salt(), new_salt()

    assert fields_of(FULL, one)[header] == fields_of(FULL, one)[header]
    assert fields_of(FULL, one)[header] != fields_of(FULL, other)[header]
    plain = hashlib.sha256(b"s3cret-header").hexdigest()
    assert fields_of(FULL, one)[header].removeprefix("digest:") not in plain


def test_a_guess_costs_more_than_one_hash() -> None:
    digest = all_but_timeout(FULL)["config.request.headers.X-Api-Key"].removeprefix("digest:")

    for guess in (b"s3cret-header", b"one salts3cret-header", b"s3cret-headerone salt"):
        assert not hashlib.sha256(guess).hexdigest().startswith(digest)
