"""The platform that a file of facts describes (`platform.toml`), as switches and permissions of a sandbox.

Read here again, without a line of the client: each proves the other. What a file does not say stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from analysis.format.input_file import InputFile
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.sandbox_errors import ScenarioError
from diag.sandbox.world.permissions import VIEW_AUDITS, VIEW_EVENTS, VIEW_FLOWS
from diag.sandbox.world.switches import Switches, read_switches
from diag.toml_section import TomlSection

FORMAT_VERSION: Final = 1
_SWITCHES: Final = (
    "timeout_form", "timeout_code", "timeout_step", "draft_timeout", "edge_timeout_s", "secure_results",
    "patch_config", "stale_form", "clear_timeout", "max_page_size", "list_include_config", "subjects_me",
    "retry_after", "rate_limit_headers", "limits_readable", "analytics_count_tests",
)  # fmt: skip
_ANALYTICS: Final = {
    "views_per_query": "views_per_query",
    "analytics_percentiles": "percentiles",
    "analytics_by_correlation": "by_correlation",
    "analytics_lag_s": "lag_s",
}
"""Fact -> switch below `analytics`."""
_WORDS: Final = {"analytics_error_types": "error_type", "analytics_statuses": "response_status"}
_KNOWN_WORDS: Final = {"analytics_timeout_words": "timeout", "analytics_success_words": "ok"}
"""Fact -> the outcome whose words it states."""
_PERMISSIONS: Final = {
    "flows_readable": VIEW_FLOWS[0],
    "audits_readable": VIEW_AUDITS[0],
    "event_definitions_readable": VIEW_EVENTS[0],
}
"""Fact -> the permission without which it does not hold."""
FACTS: Final = frozenset({*_SWITCHES, *_ANALYTICS, *_WORDS, *_KNOWN_WORDS, *_PERMISSIONS})
"""Every fact that a file may state."""


@dataclass(frozen=True, slots=True)
class PlayedPlatform:
    """What a file states, by fact."""

    name: str
    """Of the file."""
    values: Mapping[str, object]

    def play(self, sandbox: Sandbox) -> None:
        """Let a sandbox behave so. Raises ScenarioError for a value that no platform has."""
        sandbox.switches = self.switches(sandbox.switches)
        sandbox.permissions = self.permissions(sandbox.permissions)
        sandbox.plays_a_platform = True

    def switches(self, present: Switches) -> Switches:
        """Return `present` with what the file states. Raises ScenarioError."""
        body: dict[str, object] = {key: self.values[key] for key in _SWITCHES if key in self.values}
        analytics: dict[str, object] = {
            switch: self.values[fact] for fact, switch in _ANALYTICS.items() if fact in self.values
        }
        analytics |= self._outcome_words(present)
        table = TomlSection({**body, "analytics": analytics}, self.name, ScenarioError)
        return table.done(read_switches(table, present))

    def permissions(self, present: frozenset[str]) -> frozenset[str]:
        """Return what a client may do, where `present` is what the scenario lets it."""
        for fact, permission in _PERMISSIONS.items():
            if fact in self.values:
                present = present | {permission} if self.values[fact] else present - {permission}
        return present

    def _outcome_words(self, present: Switches) -> dict[str, dict[str, str]]:
        """Return how outcomes read in the analytics, as far as the words that were seen tell.

        Those of a timeout and of a success are stated by themselves. The usual word of another outcome stays
        where it was seen; where it was not and one word is left, that is it.
        """
        said: dict[str, dict[str, str]] = {}
        for fact, outcome in _KNOWN_WORDS.items():
            stated = self.values.get(fact)
            said[outcome] = dict(cast(Mapping[str, str], stated)) if isinstance(stated, Mapping) else {}
        for fact, dimension in _WORDS.items():
            seen = self.values.get(fact)
            if not isinstance(seen, Sequence):
                continue
            stated_words = {words.get(dimension) for words in said.values()}
            left = [word for word in seen if word not in stated_words]
            for outcome in ("ok", "backend_error"):
                if dimension in said.get(outcome, {}):
                    continue
                usual = getattr(getattr(present.analytics, outcome), dimension)
                word = usual if usual in left else left[0] if len(left) == 1 else None
                if word is not None:
                    said.setdefault(outcome, {})[dimension] = word
                    left.remove(word)
        return {outcome: words for outcome, words in said.items() if words}


def read_played_platform(path: Path) -> PlayedPlatform:
    """Return what a file of facts states. Raises ScenarioError for anything that is not such a file."""
    body = InputFile(path, ScenarioError, "diag sandbox --platform takes the file that was learnt.").toml()
    table = TomlSection(body, path.name, ScenarioError)
    version = table.integer("format_version")
    if version != FORMAT_VERSION:
        raise table.wrong("format_version", f"is {version}; this sandbox reads {FORMAT_VERSION}")
    table.only({"format_version", "learnt_on", *FACTS})
    values: dict[str, object] = {}
    for fact in FACTS:
        part = table.table(fact)
        if part is not None:
            if not part.has("value"):
                raise part.wrong("value", "is missing")
            values[fact] = part.value("value")
    played = PlayedPlatform(path.name, values)
    played.switches(Switches())  # a wrong value is named at once
    return played
