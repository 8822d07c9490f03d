from reports.charts.sketches.terminal_strip import block_strip
from tests.support.reports.report_factory import CASES, make_report


def test_a_strip_shows_timeout_and_recommendation() -> None:
    data = make_report(CASES[:1])
    action = data.analysis.actions[0]
    drawn = block_strip(data.summaries[action.action_id].histogram, action, 10, 60_000)

    assert drawn.count("│") == 1
    assert drawn.index("│") < drawn.index("┃")
    assert "█" in drawn
    assert len(block_strip(None, action, 10, 60_000)) == len(drawn)
