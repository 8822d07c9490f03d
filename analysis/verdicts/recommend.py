"""From samples to one verdict per action: the steps of docs/method.md, in order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from analysis.estimates.findings import Findings
from analysis.format.action_facts import ActionFacts, merge_facts
from analysis.format.sample_schema import ActionVersion, shown_name
from analysis.recommend_settings import RecommendSettings, with_cap, with_overrides
from analysis.runs.broken_contract import broken_contracts
from analysis.runs.failed_direct_calls import why_failed
from analysis.runs.pace import Spans, lasted_s, pace, run_spans, together
from analysis.runs.refusals import why_refused
from analysis.runs.run_weaknesses import mixed_orgs, weaknesses_of
from analysis.samples.action_calls import NO_CALLS, ActionCalls
from analysis.samples.calls_of_each_action import by_action
from analysis.samples.sample_set import SampleSet
from analysis.typed_command import Asked, unclear_names
from analysis.verdicts.direct_beside import beside
from analysis.verdicts.judge import judge
from analysis.verdicts.make_findings import findings
from analysis.verdicts.recommendation import Analysis, Recommendation
from analysis.verdicts.sentences.warning_sentences import (
    about_backend_alone,
    about_broken_contracts,
    about_other_tools,
)
from analysis.verdicts.severity import severity


def recommend(
    samples: SampleSet,
    facts: Mapping[str, ActionFacts] | None = None,
    settings: RecommendSettings | None = None,
    *,
    overrides: Mapping[str, RecommendSettings] | None = None,
    concurrency_limit: int | None = None,
    asked: Asked | None = None,
    zone: str | None = None,
) -> Analysis:
    """Return the verdict of every action in `samples`, most severe first.

    An action that was called through Genesys Cloud is judged by those calls alone, as if its backend had not
    been called directly; what direct calls show stands beside (`Recommendation.direct`). An action of which
    there are direct calls only is judged by them, with the caution that Genesys' own share is not in them.
    `facts` win over those of the runs' manifests; `overrides` are settings by action id and win over the
    `recommend` tables of the workload. Without `concurrency_limit` the newest manifest's is used.
    `asked` is what the next commands repeat to judge the same calls; the rules among it are `settings`.
    `zone` (an IANA name) is whose clock hours are shown on, where it is not known when production calls.
    No sample makes it raise: an action that cannot be judged gets a verdict that states why.
    """
    settings = settings or RecommendSettings()
    known = merge_facts(samples.facts(), facts or {})
    weak = (
        *mixed_orgs(samples.manifests),
        *weaknesses_of(samples.manifests),
    )
    limit = concurrency_limit if concurrency_limit is not None else _newest_limit(samples)
    rules = _Rules(
        known, settings, samples.stated_settings(), overrides or {}, (asked or Asked()).by(settings), zone
    )
    left_out = {one.what: one.why for manifest in samples.manifests for one in manifest.left_out}
    side = samples.direct_side()
    both = frozenset[str]() if side is None else samples.action_ids() & side.action_ids()
    found = list(_of_calls(samples, rules, weak, both))
    straight = (
        {} if side is None else {one.id: one for one in _of_calls(side, rules, weak, both, direct=True)}
    )
    called = {one.id for one in found}
    found += [one.alone() for one in straight.values() if one.id not in called]
    called |= straight.keys()
    found += [rules.uncalled(action_id, left_out) for action_id in samples.facts() if action_id not in called]
    sandbox = any(manifest.sandbox for manifest in samples.manifests) if samples.manifests else None
    unclear = unclear_names((one.id, one.findings.action_name) for one in found)

    def judged(one: _Found) -> Recommendation:
        return judge(
            replace(one.findings, name_is_clear=one.id not in unclear, in_sandbox=bool(sandbox)),
            one.settings,
            limit,
        )

    verdicts = [
        beside(judged(one), one.findings, straight[one.id].findings if one.id in straight else None)
        for one in found
    ]
    backends = {one.action_id: one for one in verdicts if one.backend_alone}
    backends |= {key: judged(one) for key, one in straight.items() if key not in backends}
    return Analysis(
        settings=settings,
        actions=tuple(sorted(verdicts, key=severity)),
        facts=known,
        skipped=samples.skipped,
        run_ids=tuple(dict.fromkeys(manifest.run_id for manifest in samples.manifests)),
        sandbox=sandbox,
        concurrency_limit=limit,
        weak=weak,
        org_id=_the_only({manifest.org_id for manifest in samples.manifests}),
        host=_the_only({manifest.host for manifest in samples.manifests}),
        waiting={one.id: one.findings.cost_table for one in found},
        backends=backends,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What the calls of one action show, by its own settings, and when its runs called it."""

    findings: Findings
    settings: RecommendSettings
    spans: Spans

    @property
    def id(self) -> str:
        return self.findings.action_id

    def alone(self) -> "_Found":
        """The same, where there is nothing but direct calls: with what that leaves open."""
        known = self.findings
        warnings = (*known.warnings, *about_backend_alone())
        return replace(self, findings=replace(known, warnings=warnings))


@dataclass(frozen=True, slots=True)
class _Rules:
    """By what each action is judged; `stated` and `overrides` by action id."""

    facts: Mapping[str, ActionFacts]
    settings: RecommendSettings
    stated: Mapping[str, Mapping[str, object]]
    overrides: Mapping[str, RecommendSettings]
    asked: Asked
    zone: str | None

    def of(self, action_id: str) -> tuple[ActionFacts, RecommendSettings]:
        """The facts and the settings of one action."""
        own = with_overrides(self.settings, self.stated.get(action_id, {}))
        fact = self.facts.get(action_id, ActionFacts(action_id))
        return fact, with_cap(self.overrides.get(action_id, own), fact.cap_s)

    def uncalled(self, action_id: str, left_out: Mapping[str, str]) -> _Found:
        """What there is of an action without a call. `left_out`: why, by the name that is shown."""
        fact, nothing = self.facts[action_id], ActionCalls(action_id, "", NO_CALLS, 0)
        own = with_cap(self.settings, fact.cap_s)
        of_none = findings(nothing, fact, own, many_looks=False, asked=self.asked, zone=self.zone)
        names = (shown_name(fact.action_name or "", version) for version in ActionVersion)
        why = next((left_out[name] for name in names if name in left_out), None)
        return _Found(replace(of_none, not_called_because=why), own, run_spans(NO_CALLS))


def _of_calls(
    samples: SampleSet, rules: _Rules, weak: tuple[str, ...], both: frozenset[str], *, direct: bool = False
) -> Iterator[_Found]:
    """What the calls of `samples.table` show, action by action, with the pace of the whole runs.

    `both`: the actions that were called both ways, of which the calls themselves are kept.
    """
    found: list[_Found] = []
    whole: Spans = {}
    for action in by_action(samples.table):
        fact, own = rules.of(action.action_id)
        many_looks = action.action_id in samples.settled
        known = findings(
            action, fact, own, many_looks=many_looks, asked=rules.asked, zone=rules.zone, direct=direct
        )
        deciding = NO_CALLS if known.judged is None else known.judged.deciding.calls
        places = broken_contracts(deciding, samples.table)
        kept = known.judged if action.action_id in both else None
        known = replace(known, weak_runs=weak, broken_contracts=places, judged=kept)
        if broken := about_broken_contracts(known):
            known = replace(known, warnings=(*known.warnings, *broken))
        if (others := samples.other_tools.get(action.action_id)) is not None:
            known = replace(
                known,
                measured_by=others.titles,
                warnings=(*known.warnings, *about_other_tools(others)),
            )
        if direct:
            known = replace(known, failed=why_failed(action.calls, samples.table))
        if not known.any_answer:
            known = replace(known, refusal=why_refused(action.calls, samples.table))
        spans = run_spans(action.calls)
        whole = together(whole, spans)
        found.append(_Found(known, own, spans))
    lasted = lasted_s(whole)
    for one in found:
        at = pace(one.findings.estimate.samples, one.spans, lasted)
        yield replace(one, findings=replace(one.findings, pace=at))


def _the_only(values: set[str | None]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


def recommend_action(
    action: ActionCalls,
    facts: ActionFacts,
    settings: RecommendSettings,
    concurrency_limit: int | None = None,
    *,
    many_looks: bool = False,
    asked: Asked | None = None,
) -> Recommendation:
    """Return the verdict of one action; `many_looks` as in `judge_level`, `asked` as in `recommend`.

    Slower calls never lower the number, unless `design_effect`, `level_rate` or the verdict `unstable`
    changed, or calls were cut off after different times (tests/unit/analysis/verdicts/test_monotone.py).
    """
    again = (asked or Asked()).by(settings)
    own = with_cap(settings, facts.cap_s)
    known = findings(action, facts, own, many_looks=many_looks, asked=again)
    spans = run_spans(action.calls)
    at = pace(known.estimate.samples, spans, lasted_s(spans))
    return judge(replace(known, pace=at), own, concurrency_limit)


def _newest_limit(samples: SampleSet) -> int | None:
    known = [manifest for manifest in samples.manifests if manifest.concurrency_limit is not None]
    return max(known, key=lambda manifest: manifest.created_at).concurrency_limit if known else None
