"""What the second witness finds: fields and types that the SDK's models do not declare."""

import pytest

from tests.support.genesys.declared_models import DeclaredModels

DECLARED = DeclaredModels(
    """
declare class IntegrationsApi {
	getThings(opts?: IntegrationsApi.getThingsOptions): Promise<Models.Things>;
	dropThing(id: string): Promise<void>;
}
declare namespace Models {
	export interface Thing { 
		"id": string;
		"size"?: number;
		"made"?: boolean;
		"part"?: Models.Thing;
		"labels"?: { [key: string]: string; };
		"free"?: object;
	}
	
	export interface Things { 
		"entities"?: Array<Models.Thing>;
	}
	
}
"""  # as it is generated
)


def test_a_method_says_which_model_it_returns() -> None:
    assert DECLARED.returned_by("getThings") == "Models.Things"
    assert DECLARED.returned_by("dropThing") == "void"
    with pytest.raises(KeyError):
        DECLARED.returned_by("getSomethingElse")


@pytest.mark.parametrize(
    ("thing", "found"),
    [
        ({"id": "1", "size": 2.5, "made": True, "labels": {"a": "b"}, "free": [None]}, []),
        ({"id": "1", "colour": "red"}, ["Thing.colour: not declared"]),
        ({"size": 1}, ["Thing.id: missing"]),
        ({"id": 1}, ["Thing.id: int instead of string"]),
        ({"id": None}, ["Thing.id: null instead of string"]),
        ({"id": "1", "size": True}, ["Thing.size: bool instead of number"]),
        ({"id": "1", "labels": {"a": 1}}, ["Thing.labels: int instead of string"]),
        ({"id": "1", "labels": []}, ["Thing.labels: list instead of a mapping"]),
        ({"id": "1", "part": {"id": "2", "part": {"id": "3", "lost": 0}}}, ["Thing.lost: not declared"]),
        ("1", ["Things.entities: str instead of Thing"]),
    ],
)
def test_whatever_is_not_declared_is_found_however_deep(thing: object, found: list[str]) -> None:
    assert list(DECLARED.deviations({"entities": [{"id": "0"}, thing]}, "Models.Things")) == found


def test_a_reply_of_another_kind_is_found() -> None:
    assert list(DECLARED.deviations([], "Models.Things")) == ["Things: list instead of Things"]
    assert list(DECLARED.deviations({"entities": {}}, "Models.Things")) == [
        "Things.entities: dict instead of a list"
    ]
