"""Everything observed, saved and read back, and laid beside the test of a run."""

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from analysis.analysis_errors import UnreadableSamplesError
from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import Asked
from diag.genesys.analytics.execution_counts import IntervalCounts
from diag.genesys.data_action import Action, ActionConfig
from diag.production.drift_and_resemblance import findings_of
from diag.production.judge_telemetry import evidence_of
from diag.production.observe_words import plan_command
from diag.production.production_evidence import Place, ProductionEvidence, ProductionQuestion
from diag.production.reading.read_telemetry import NotObserved, ObservedAction, Production
from diag.production.report_series import NOTHING_TOGETHER, production_page, with_production
from diag.production.saved_evidence import read_evidence, to_json
from tests.support.drawn.schemas import faults
from tests.support.reports.report_factory import CASES, make_report
from tests.unit.production.test_facts_and_findings import WINDOW

RULES = RecommendSettings()
IDENTITY = make_report(CASES[:1]).analysis.actions[0].action_id


def hours(count: int) -> tuple[IntervalCounts, ...]:
    return tuple(
        IntervalCounts(
            f"2026-07-{2 + n // 24:02d}T{n % 24:02d}:00:00.000Z/later",
            100,
            (10, 40, 30, 12, 5),
            5000.0,
        )
        for n in range(count)
    )


@pytest.fixture
def evidence() -> ProductionEvidence:
    config = ActionConfig(5, {"requestType": "GET"}, {})
    slow = ObservedAction(
        Action(IDENTITY, "Order lookup", "i1", "Web", 3, False, config), 5, WINDOW, hours(60)
    )
    rare = NotObserved(Action("a2", "Rare", "i1", "Web", 1, False, config), "no execution in 168 hours", True)
    place = Place("https://api.mypurecloud.de", False, "1f0c", "Acme Insurance")
    return evidence_of(Production((slow,), (rare,)), ProductionQuestion(WINDOW, RULES), place, 50)


def test_what_is_saved_is_read_back_whole(evidence: ProductionEvidence, tmp_path: Path) -> None:
    path = tmp_path / "production.json"
    body = to_json(evidence, findings_of(evidence.observed, RULES))
    path.write_text(json.dumps(body, allow_nan=False))

    assert read_evidence(path) == evidence
    assert evidence.analysis.actions[0].source == "production"
    assert (evidence.analysis.host, evidence.analysis.org_id) == ("https://api.mypurecloud.de", "1f0c")


def test_the_next_command_asks_the_same_question_again() -> None:
    """Other rules would plan another number than the one just shown."""
    config = ActionConfig(60, {"requestType": "GET"}, {})
    action = Action("a1", "Get Balance", "i1", "Web", 3, False, config)
    fast = tuple(replace(hour, counts=(100, *(0,) * 59)) for hour in hours(120))
    observed = Production((ObservedAction(action, 60, WINDOW, fast),), ())
    place = Place("https://api.example", False)

    asked = evidence_of(observed, ProductionQuestion(WINDOW, RULES, "'Get Balance' --rule sum"), place, 50)
    plain = evidence_of(observed, ProductionQuestion(WINDOW, RULES), place, 50)

    assert asked.analysis.actions[0].verdict == "lower"
    assert asked.analysis.actions[0].next_command == "diag observe 'Get Balance' --rule sum --out plan.json"
    assert plain.analysis.actions[0].next_command == "diag observe --out plan.json" == plan_command(None)


def test_more_days_are_offered_only_where_they_show_more() -> None:
    """After a change of the timeout only later hours count, however many days are read."""
    config = ActionConfig(60, {"requestType": "GET"}, {})
    action = Action("a1", "Get Balance", "i1", "Web", 3, False, config)
    few = tuple(replace(hour, counts=(400, *(0,) * 59), total=400) for hour in hours(5))
    found = [
        evidence_of(
            Production((ObservedAction(action, 60, WINDOW, few, since_change=changed),), ()),
            ProductionQuestion(WINDOW, RULES, asked=Asked(org=("--profile", "live"))),
            Place("https://api.example", False),
            50,
        )
        .analysis.actions[0]
        .next_command
        for changed in (None, 1.0)
    ]

    assert found == [
        "diag observe 'Get Balance' --days 14 --profile live",
        "diag tune --action 'Get Balance' --over 1d --profile live",
    ]


def test_a_newer_format_is_refused(evidence: ProductionEvidence, tmp_path: Path) -> None:
    path = tmp_path / "production.json"
    body = to_json(evidence, findings_of(evidence.observed, RULES))
    path.write_text(json.dumps({**body, "format_version": 99}))

    with pytest.raises(
        UnreadableSamplesError, match=r"production\.json has format_version 99, this diag reads 1"
    ):
        read_evidence(path)


@pytest.mark.parametrize("key", ["started_at", "total", "below"])
def test_what_is_needed_of_an_hour_is_what_the_schema_demands(
    evidence: ProductionEvidence, tmp_path: Path, key: str
) -> None:
    path = tmp_path / "production.json"
    body = json.loads(json.dumps(to_json(evidence, findings_of(evidence.observed, RULES))))
    assert faults("observe", body) == []
    del body["observed"][0]["hours"][0][key]
    path.write_text(json.dumps(body))

    assert faults("observe", body) != []
    with pytest.raises(UnreadableSamplesError, match=f"{key} is missing"):
        read_evidence(path)


def test_production_stands_beside_the_actions_it_was_seen_of(evidence: ProductionEvidence) -> None:
    data = make_report(CASES[:2], sandbox=False)
    data = replace(data, manifests=(replace(data.manifests[0], org_id="1f0c"),))

    found = with_production(data, evidence, findings_of(evidence.observed, RULES), RULES)

    first, second = (found.summaries[action.action_id] for action in data.analysis.actions)
    assert first.production is not None and first.production.executions == 6000
    assert [one.name for one in first.series] == ["published", "draft", "production"]
    assert second.production is None and second == data.summaries[second.action_id]
    assert found.notes == data.notes
    assert found.production is not None and found.production.not_observed == (
        ("Rare", "no execution in 168 hours"),
    )


def test_production_of_another_org_is_pointed_out(evidence: ProductionEvidence) -> None:
    data = make_report(CASES[:1])  # a sandbox on this machine

    found = with_production(data, evidence, findings_of(evidence.observed, RULES), RULES)

    assert "Production was read from Acme Insurance at https://api.mypurecloud.de" in found.notes[-1]


def test_a_page_of_production_alone_rests_on_telemetry(evidence: ProductionEvidence) -> None:
    page = production_page(evidence, findings_of(evidence.observed, RULES), {}, version="0.1.0", zone=None)

    assert page.from_production and not page.sandbox and page.manifests == ()
    assert page.summaries[IDENTITY].calls == 6000
    assert len(page.summaries[IDENTITY].timeline) == 60


@pytest.mark.parametrize(
    "damage",
    [
        {"since": "soon"},
        {"until": float("inf")},
        {"until": 1e30},
        {"observed": [{}]},
        {"observed": 5},
        {"observed": []},
        {"actions": [{"verdict": "perhaps"}]},
        {"hours": [{"started_at": 1e18, "total": 1, "below": [1]}]},
        {"hours": [{"started_at": 0, "total": 10**30, "below": [1]}]},
        {"hours": [{"started_at": 0, "total": 1, "below": [0] * 10_000}]},
        {"hours": [{"started_at": 0, "total": 1, "below": "x"}]},
        {"hours": [{"started_at": 0, "total": 1, "below": []}]},
    ],
)
def test_a_damaged_file_is_refused_and_never_believed(
    evidence: ProductionEvidence, tmp_path: Path, damage: dict[str, object]
) -> None:
    path = tmp_path / "production.json"
    body = cast(dict[str, object], to_json(evidence, findings_of(evidence.observed, RULES)))
    if "hours" in damage:
        cast(list[dict[str, object]], body["observed"])[0].update(damage)
    else:
        body.update(damage)
    path.write_text(json.dumps(body))

    with pytest.raises(UnreadableSamplesError):
        read_evidence(path)


def test_a_test_of_other_actions_is_said_to_have_nothing_beside_it(evidence: ProductionEvidence) -> None:
    other = make_report(CASES[2:4])
    others = {
        f"other-{n}": replace(one, action_id=f"other-{n}") for n, one in enumerate(other.summaries.values())
    }
    findings = findings_of(evidence.observed, RULES)

    beside = with_production(replace(other, summaries=others), evidence, findings, RULES)
    alone = production_page(evidence, findings, others, version="0.1.0", zone=None)

    assert beside.notes[-1] == alone.notes[-1] == NOTHING_TOGETHER
    assert production_page(evidence, findings, {}, version="0.1.0", zone=None).notes == ()
