"""What a report of tests says where production knows none of the actions."""

from dataclasses import replace

from diag.production.production_evidence import Place, ProductionEvidence
from diag.production.report_series import NOTHING_TOGETHER, with_production
from tests.support.reports.report_factory import CASES, make_report, words_only


def test_that_there_is_nothing_to_compare_is_news_only_to_who_asked_for_it() -> None:
    data = words_only(make_report(CASES[:1]))
    nobody = replace(data.analysis, actions=())
    place = Place(data.manifests[0].host, data.sandbox, data.manifests[0].org_id, None)
    evidence = ProductionEvidence(nobody, {}, (), place, 0.0, 3600.0)
    rules = data.analysis.settings

    assert NOTHING_TOGETHER in with_production(data, evidence, {}, rules).notes
    of_a_campaign = with_production(data, evidence, {}, rules, to_compare=False)
    assert of_a_campaign.notes == data.notes and of_a_campaign.production is not None
