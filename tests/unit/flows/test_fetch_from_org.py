"""Reading flows where the platform answers oddly for one of them."""

from dataclasses import dataclass, field

import pytest

from diag.flows.fetch_from_org import read_flows
from diag.flows.flow_cache import KeptFlows
from diag.genesys.api_errors import ApiError, NotFoundError, PermissionMissingError, PlatformError
from diag.genesys.flows import ListedFlow
from diag.genesys.replies.json_reply import JsonObject
from tests.support.flow_files import configuration, data_step, task


@dataclass
class Source:
    """Answers from a list of replies, one for each flow and version asked for."""

    listed: tuple[ListedFlow, ...]
    replies: dict[tuple[str, str | None], JsonObject | ApiError]
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def flows(self) -> tuple[ListedFlow, ...]:
        return self.listed

    def flow_configuration(self, flow_id: str, version: str | None) -> JsonObject:
        self.asked.append((flow_id, version))
        reply = self.replies.get((flow_id, version), NotFoundError("gone"))
        if isinstance(reply, ApiError):
            raise reply
        return reply


GOOD: JsonObject = configuration(task("T", data_step()))
REFUSED = PermissionMissingError("architect:flow:view is missing")


def flow(name: str, published: str | None = "3.0") -> ListedFlow:
    return ListedFlow(name, name, "INBOUNDCALL", published)


def read(source: Source) -> tuple[list[tuple[str, bool]], dict[str, str]]:
    found = read_flows(source, KeptFlows("h", "o"), wanted=None, now=lambda: 1.0, save=lambda kept: None)
    return [(one.name, one.published) for one in found.flows], {one.name: one.why for one in found.unread}


def test_one_flow_that_is_refused_or_broken_leaves_the_others() -> None:
    source = Source(
        (flow("A"), flow("B"), flow("C")),
        {("A", "3.0"): GOOD, ("B", "3.0"): REFUSED, ("C", "3.0"): PlatformError("it failed (500).")},
    )

    assert read(source) == (
        [("A", True)],
        {
            "B": "its configuration is refused: architect:flow:view is missing",
            "C": "its configuration could not be read: it failed (500).",
        },
    )


def test_where_the_first_is_refused_nothing_more_is_asked() -> None:
    source = Source((flow("A"), flow("B")), {("A", "3.0"): REFUSED, ("B", "3.0"): REFUSED})

    with pytest.raises(PermissionMissingError):
        read(source)
    assert source.asked == [("A", "3.0")]


def test_a_version_that_is_not_there_gives_way_to_the_latest_and_says_so() -> None:
    source = Source((flow("A"), flow("B")), {("A", None): GOOD})

    assert read(source) == ([("A", False)], {"B": "it has no configuration any more"})


def test_a_list_without_versions_gives_the_latest_of_every_flow() -> None:
    source = Source((flow("A", None), flow("B", None)), {("A", None): GOOD, ("B", None): GOOD})

    assert read(source) == ([("A", False), ("B", False)], {})
    assert source.asked == [("A", None), ("B", None)]
