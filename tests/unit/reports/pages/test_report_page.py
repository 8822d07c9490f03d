"""The page as a text: complete, self-contained, the same bytes each time, safe against hostile names."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.format.manifest import Approved, UsedFact
from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from reports.exports.markdown import build_markdown
from reports.exports.terminal_report import build_terminal
from reports.pages.report_page import build_json, build_report
from reports.report_data import ReportData
from tests.support.examples import examples
from tests.support.reports.production_beside import make_production
from tests.support.reports.report_factory import CASES, make_report, words_only
from tests.support.reports.traceable import complaints

HOSTILE = (
    "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)> $x^2$ \x1b[31m\u202e\x00 {{ 7*7 }}"
)


class Outline(HTMLParser):
    """Tags, ids, links, texts and `<data>` values of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.sources: list[str] = []
        self.handlers: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "xlink:href"):
                self.hrefs.append(value or "")
            if name == "src":
                self.sources.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def page() -> str:
    return build_report(make_report())


@pytest.mark.slow
def test_same_input_gives_the_same_bytes() -> None:
    assert build_report(make_report(CASES[:2])) == build_report(make_report(CASES[:2]))


@pytest.mark.slow
def test_every_number_on_the_page_is_the_one_in_its_json(page: str) -> None:
    """So are those of other pages: test_traceable.py."""
    assert complaints(page) == []


@pytest.mark.slow
def test_nothing_is_fetched_from_anywhere(page: str) -> None:
    outline = Outline(page)

    assert outline.sources == []
    assert all(href.startswith("#") for href in outline.hrefs)
    assert not re.search(r"url\(\s*['\"]?(?!#)", page)
    assert "@import" not in page
    assert "link" not in outline.tags


@pytest.mark.slow
def test_ids_are_unique_and_every_link_has_its_target(page: str) -> None:
    outline = Outline(page)

    assert len(outline.ids) == len(set(outline.ids))
    assert {href[1:] for href in outline.hrefs} <= set(outline.ids)


@pytest.mark.slow
def test_every_action_has_its_row_sentence_and_charts(page: str) -> None:
    data = make_report()

    for action in data.analysis.actions:
        assert f" data-action={action.action_id}>" in page
        assert action.reason.split(":")[0] in page
    drawn = [name for name, verdict, *_ in CASES if verdict is not Verdict.NO_DATA]
    named = re.findall(r"role=img aria-labelledby=(\S+) aria-describedby=([^\s>]+)", page)
    assert len(named) == page.count("role=img") >= 2 * len(drawn)
    assert {name for both in named for name in both} <= set(Outline(page).ids)


@pytest.mark.slow
def test_two_hundred_actions_keep_below_three_megabytes(page: str) -> None:
    """By what each adds: the most urgent twelve are shown in full, the others small."""
    with patch("reports.pages.report_page.FULL_CHARTS", 0):
        alone, all_twelve = (
            len(build_report(make_production(make_report(cases, calls=600))).encode())
            for cases in (CASES[:1], CASES)
        )

    assert len(page.encode()) + 188 * (all_twelve - alone) / (len(CASES) - 1) < 3_000_000


@pytest.mark.slow
def test_a_sandbox_cannot_be_mistaken_for_an_org(page: str) -> None:
    assert 'class="badge sandbox"' in page
    assert "<title>SANDBOX: " in page

    real = build_report(words_only(make_report(CASES[:1], sandbox=False)))

    assert "Acme Insurance" in real
    assert "SANDBOX" not in real


@pytest.mark.slow
def test_hostile_names_are_only_text() -> None:
    data = make_report(CASES[:2])
    actions = tuple(
        replace(a, action_name=HOSTILE, reason=HOSTILE, next_command=HOSTILE) for a in data.analysis.actions
    )
    manifest = replace(data.manifests[0], host=HOSTILE, workload=HOSTILE, run_id=HOSTILE)
    hostile = replace(
        data, analysis=replace(data.analysis, actions=actions), manifests=(manifest,), source=HOSTILE
    )

    page = build_report(hostile)

    outline = Outline(page)
    assert outline.tags.count("script") == page.count("<script") == page.count("</script>") == 2
    assert "img" not in outline.tags
    assert outline.handlers == []
    assert "{{ 7*7 }}" in page
    assert not set("\x00\x1b\u202e") & set(page)


@pytest.mark.slow
def test_the_page_holds_the_json_of_the_recommendations(page: str) -> None:
    text = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[0]

    assert json.loads(text) == known(json.loads(json.dumps(build_json(make_report()))))


def known(body: Any) -> Any:
    """The page leaves out what is null in the JSON of the command line."""
    if isinstance(body, dict):
        return {name: known(value) for name, value in body.items() if value is not None}
    return [known(value) for value in body] if isinstance(body, list) else body


def test_a_report_without_anything_still_says_so() -> None:
    empty = ReportData(Analysis(RecommendSettings(), (), {}), {}, "0.1.0")

    page = build_report(empty)

    assert "No action was measured." in page
    assert "at an unknown time" in page


@pytest.mark.slow
def test_a_bare_sample_file_has_no_manifest() -> None:
    data = make_report(CASES[:3])
    bare = replace(data.analysis, sandbox=None)
    page = build_report(replace(data, analysis=bare, manifests=(), zone=None, source=None))

    assert "came without a run's manifest" in page
    assert '<strong class="badge org">File</strong>' in page
    assert "None" not in re.sub(r"<style>.*?</style>|<script>.*?</script>", "", page, flags=re.DOTALL)


def test_an_action_without_a_summary_has_no_chart() -> None:
    data = make_report(CASES[:1])

    page = build_report(words_only(data))

    assert "No chart" in page


@pytest.mark.slow
def test_twelve_actions_stay_under_600_kilobytes(page: str) -> None:
    assert len(page.encode()) < 600_000


def test_a_run_cut_short_is_said_beside_the_verdict() -> None:
    data = words_only(make_report(CASES[:1]))
    cut = replace(
        data.manifests[0], status="interrupted", status_reason="Ctrl-C", grade="INVALID", grade_reason="late"
    )

    page = build_report(replace(data, manifests=(cut,), notes=("Something else.",)))

    for sentence in ("was interrupted: Ctrl-C.", "failed its own check: late.", "Something else."):
        assert page.index(sentence) < page.index("id=recommendations")


def test_sandbox_and_org_in_one_report_is_pointed_out() -> None:
    data = words_only(make_report(CASES[:1]))
    mixed = replace(data, manifests=(*data.manifests, *make_report(CASES[:1], sandbox=False).manifests))

    assert "made-up and real backends (Acme Insurance) in one report" in build_report(mixed)


NUMBERS = {
    "recommended_timeout_s": st.none() | st.integers(1, 60),
    "uncapped_timeout_s": st.none() | st.integers(1, 10_000),
    "current_timeout_s": st.none() | st.integers(1, 60),
    "timeout_is_set": st.none() | st.booleans(),
    "samples": st.integers(0, 10**9),
    **{
        name: st.none() | st.floats(0, 1e12)
        for name in (
            "p50_ms", "p95_ms", "quantile_ms", "quantile_upper_ms", "quantile_lower_ms", "n_eff",
            "cut_off_now", "cut_off_after", "span_s", "level_rate", "hung_backend_slots",
            "concurrency_share", "safe_rate",
        )
    },
    "worst_wait_s": st.none() | st.integers(1, 60),
    "grade": st.none() | st.sampled_from("ABC"),
    "windows": st.none() | st.integers(0, 10**6),
    "warnings": st.lists(st.text(), max_size=2).map(tuple),
}  # fmt: skip


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(verdict=st.sampled_from(Verdict), text=st.text(max_size=30), numbers=st.fixed_dictionaries(NUMBERS))
def test_any_recommendation_can_be_shown(verdict: Verdict, text: str, numbers: dict[str, Any]) -> None:
    action = Recommendation("id", text, verdict, text, next_command=text, **numbers)
    data = ReportData(Analysis(RecommendSettings(), (action,), {}), {}, "0.1.0")

    for build in (build_report, build_markdown, build_terminal):
        assert build(data)


def test_slots_without_a_known_limit_do_not_read_as_a_negative_number() -> None:
    data = words_only(make_report(CASES[:1]))
    action = replace(data.analysis.actions[0], concurrency_share=None, hung_backend_slots=16.7)

    page = build_report(replace(data, analysis=replace(data.analysis, actions=(action,))))

    hangs = re.findall(r"If the backend does not answer</button><dd>(.*?)</div>", page, re.DOTALL)[0]
    assert re.sub("<[^>]*>", "", hangs).strip() == "16.7 executions held"


def test_what_a_number_that_is_not_set_would_cost_is_said_to_be_that() -> None:
    page = build_report(words_only(make_report(CASES[6:7])))  # unstable: 5 s now, 6 s held back

    wait = re.findall(r"Worst wait</button><dd>(.*?)</div>", page, re.DOTALL)[0]
    assert re.sub("<[^>]*>", "", wait) == "5 s (6 s later)"
    assert "executions held at <span" in page


@pytest.mark.parametrize("case", range(len(CASES)))
def test_how_long_a_caller_waits_is_one_number_wherever_it_stands(case: int) -> None:
    data = words_only(make_report(CASES[case : case + 1]))
    (action,) = data.analysis.actions
    known = "–" if action.worst_wait_s is None else f"{action.worst_wait_s} s"

    body: Mapping[str, Any] = build_json(data)
    page, (entry,) = build_report(data), body["actions"]
    wait = re.findall(r"Worst wait</button><dd>(.*?)</div>", page, re.DOTALL)[0]
    cell = re.findall(r"<td[^>]*>(.*?)</td>", page, re.DOTALL)[7]
    assert entry["worst_wait_s"] == action.worst_wait_s
    assert re.sub("<[^>]*>", "", wait).split(" (")[0] == re.sub("<[^>]*>", "", cell) == known
    rows = build_markdown(data).splitlines()
    assert next(row for row in rows if row.startswith("| Action |")).split(" | ")[8] == "Worst wait"
    assert rows[rows.index(next(row for row in rows if row.startswith("| ---"))) + 1].split(" | ")[8] == known


def test_an_action_that_fits_no_timeout_shows_no_cost_of_its_cap() -> None:
    (case,) = [case for case in CASES if case[1] is Verdict.OVER_CAP_USE_ASYNC][:1]
    page = build_report(words_only(make_report([case])))

    cells = re.findall(r"<td[^>]*>(.*?)</td>", page, re.DOTALL)
    assert cells[6] == cells[9] == "<span class=none>–</span>"  # cut off then, if no answer
    held = re.findall(r"If the backend does not answer</button><dd>(.*?)</div>", page, re.DOTALL)[0]
    assert re.sub("<[^>]*>", "", held).strip() == "–"


@pytest.mark.slow
def test_an_action_with_a_percentile_of_its_own_says_which() -> None:
    data = make_report(CASES[:2])
    first, second = data.analysis.actions
    own = replace(data.analysis, actions=(replace(first, percentile=0.999), second))
    page = build_report(replace(data, analysis=own))

    assert page.count("<small><span data-f=percentile>p99.9</span></small>") == 1
    assert complaints(page) == []
    assert "p99.9 " in build_markdown(replace(data, analysis=own))


@pytest.mark.slow
def test_every_word_that_is_explained_is_explained_where_it_stands(page: str) -> None:
    explained = re.findall(r"<div popover id=x-([\w-]+) class=hint><strong>[^<]+</strong><p>\S", page)
    buttons = re.findall(r"<button popovertarget=x-([\w-]+)>", page)

    assert set(buttons) == set(explained) and len(explained) == len(set(explained))
    assert len(buttons) > 8 * len(CASES)
    assert 'href="#m-' not in page


@pytest.mark.slow
def test_no_flag_overrules_anything_on_the_page(page: str) -> None:
    text = re.sub(r"<script.*?</script>|<style>.*?</style>", "", page, flags=re.DOTALL)

    assert "--force" not in text and "overage" not in text


def test_a_bare_file_tells_when_its_calls_were_made() -> None:
    data = make_report(CASES[:1])
    bare = replace(data, manifests=(), summaries={}, span=(1_795_300_000.0, 1_795_305_040.0))

    for text in (build_report(bare), build_markdown(bare), build_terminal(bare)):
        assert "2026-11-21 22:26:40 UTC" in " ".join(text.split())
        assert "84 min" in text


def test_a_run_beyond_the_limits_names_its_ticket_and_hours() -> None:
    data = words_only(make_report(CASES[:1]))
    approved = Approved("CS\x1b[2J<b>4711", "23:00-05:00", "Europe/Berlin")
    page = build_report(replace(data, manifests=(replace(data.manifests[0], approval=approved),)))

    assert "Approved by Genesys" in page and "Approved by Genesys" not in build_report(data)
    assert "ticket CS\N{REPLACEMENT CHARACTER}[2J&lt;b&gt;4711: 23:00-05:00 Europe/Berlin" in page


def test_a_run_names_what_it_went_by_of_the_platform_in_words() -> None:
    data = words_only(make_report(CASES[:1]))
    used = tuple(
        UsedFact(key, value, "2026-11-29")
        for key, value in (("timeout_form", '"504"'), ("max_page_size", "100"), ("retry_after", "false"))
    )
    page = build_report(replace(data, manifests=(replace(data.manifests[0], platform_facts=used),)))

    assert "timeout form: 504, max page size: 100, retry after: false (learnt on 2026-11-29)" in page
