"""What was run: each run by itself, the many windows of a campaign together."""

from reports.exports.markdown import build_markdown
from reports.pages.windows_together import ONE_ENTRY_FROM, run_entries, windows_of
from tests.support.reports.report_factory import CASES, in_windows, make_report, words_only


def test_many_windows_of_a_campaign_are_one_entry_beside_other_runs() -> None:
    data = in_windows(words_only(make_report(CASES[:1])), many=8)
    alone, together = run_entries(data.manifests, None)

    assert (alone.title, alone.place) == (data.manifests[0].run_id, "/runs/0")
    assert (together.title, together.place) == ("20261129T180019Z-7fedd5, all windows", "/campaigns/0")
    told = dict(together.facts)
    assert (told["Windows"], told["Calls"]) == ("8", "116")  # 11 to 18
    assert told["Ended"] == "complete 8" and told["Load generator's self-check"] == "OK 6, WARN 2"
    assert told["Host"] == dict(alone.facts)["Host"] and "Planned rate" not in told
    (campaign,) = windows_of(data.manifests)
    assert campaign.to_json()["grade"] == {"OK": 6, "WARN": 2}

    text = build_markdown(data)
    assert text.count("all windows") == 1 and "w0003" not in text


def test_a_few_windows_are_told_one_by_one() -> None:
    data = in_windows(words_only(make_report(CASES[:1])), many=ONE_ENTRY_FROM - 1)
    assert len(run_entries(data.manifests, None)) == ONE_ENTRY_FROM
    assert windows_of(data.manifests) == ()


def test_windows_in_any_order_and_with_another_run_among_them_are_one_entry() -> None:
    data = in_windows(words_only(make_report(CASES[:1])), many=2 * ONE_ENTRY_FROM)
    run, *windows = data.manifests
    usual = run_entries(data.manifests, None)[1]
    for split in (1, ONE_ENTRY_FROM, 2 * ONE_ENTRY_FROM - 1):
        together, alone = run_entries((*windows[:split], run, *windows[split:]), None)
        assert (together, alone.place) == (usual, f"/runs/{split}")
        assert dict(together.facts)["Windows"] == str(2 * ONE_ENTRY_FROM)
    assert run_entries((*reversed(windows), run), None)[0] == usual
