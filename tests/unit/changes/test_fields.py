from dataclasses import replace

from diag.changes.fields import differences, digest_of, fields_of
from diag.genesys.models import FullConfig
from tests.unit.changes.fake_org import full_config

FULL = full_config()


def with_config(**parts: object) -> FullConfig:
    config = FULL.action.config
    assert config is not None
    return replace(FULL, action=replace(FULL.action, config=replace(config, **parts)))  # type: ignore[arg-type]


def test_the_timeout_and_the_version_are_not_among_the_fields() -> None:
    moved = replace(FULL, action=replace(with_config(timeout_seconds=40).action, version=99))

    assert fields_of(moved) == fields_of(FULL)
    assert digest_of(fields_of(moved)) == digest_of(fields_of(FULL))


def test_where_a_template_lies_is_no_difference_but_its_text_is() -> None:
    config = FULL.action.config
    assert config is not None
    elsewhere = with_config(request={**config.request, "requestTemplateUri": "/other/place"})

    assert fields_of(elsewhere) == fields_of(FULL)
    (found,) = differences(fields_of(FULL), fields_of(replace(FULL, success_template="other")))
    assert found.field == "config.response.successTemplate"


def test_null_empty_and_absent_are_the_same() -> None:
    config = FULL.action.config
    assert config is not None
    response = {"translationMap": {"name": "$.name"}, "extra": None}

    assert fields_of(with_config(response=response)) == fields_of(FULL)


def test_every_other_key_counts_also_one_nobody_knows_yet() -> None:
    found = differences(fields_of(FULL), fields_of(with_config(other={"retries": {"max": 3}})))

    assert [item.field for item in found] == ["config.retries.max"]


def test_short_harmless_values_are_shown_and_all_others_are_digests() -> None:
    fields = fields_of(FULL)

    assert fields["config.request.requestType"] == "'GET'"
    assert fields["category"] == "'CRM'"
    assert fields["config.request.headers.X-Api-Key"].startswith("sha256:")
    assert str(differences({"name": "'A'"}, {})[0]) == "name: planned 'A', present absent"
