"""Which actions a check or a judgement is about."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from analysis.format.action_facts import ActionFacts
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from diag.changes.plans.only_and_skip import Scope


def in_scope(
    analysis: Analysis,
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    org: Mapping[str, ActionFacts] | None = None,
) -> Analysis:
    """Return the analysis of the actions that `only` and `skip` leave (names, ids or patterns).

    With `org`, its unmeasured actions are in scope too: finding an unset timeout needs no measurement.
    """
    return in_scope_with_gone(analysis, (), only=only, skip=skip, org=org)[0]


def in_scope_with_gone(
    analysis: Analysis,
    gone: Collection[tuple[str, str]],
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    org: Mapping[str, ActionFacts] | None = None,
) -> tuple[Analysis, frozenset[str]]:
    """Return the same, and the ids of all actions that are left, where some are gone: given by id and name,
    they may be named all the same."""
    measured = {item.action_id for item in analysis.actions}
    others = [_unmeasured(facts) for facts in (org or {}).values() if facts.action_id not in measured]
    known = (*analysis.actions, *others)
    named = [*((item.action_id, item.action_name) for item in known), *gone]
    scope = Scope.of(named, only, skip)
    left = replace(
        analysis,
        actions=tuple(item for item in known if scope.leaves_out(item.action_id) is None),
        loops=tuple(loop for loop in analysis.loops if scope.leaves_out(loop.action_id) is None),
    )
    return left, frozenset(action_id for action_id, _ in named if scope.leaves_out(action_id) is None)


def _unmeasured(facts: ActionFacts) -> Recommendation:
    return Recommendation(
        action_id=facts.action_id,
        action_name=facts.action_name or facts.action_id,
        verdict=Verdict.NO_DATA if facts.configurable else Verdict.NOT_CONFIGURABLE,
        reason="It was not measured in these runs.",
        current_timeout_s=facts.current_timeout_s,
        timeout_is_set=facts.timeout_is_set,
    )
