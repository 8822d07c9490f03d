"""Which of the changes that an org tells diag itself made."""

import pytest

from diag.audits.match_journal import TOGETHER_S, match_journal
from diag.audits.org_changes import org_changes
from tests.unit.audits.test_org_changes import LINE, ORG, change


def test_a_change_by_diag_is_joined_to_its_entry_and_another_is_not() -> None:
    found = match_journal(org_changes([change(1003.0, "5"), change(5000.0, "9")]), [LINE], ORG)
    assert [(one.after_s, one.entry) for one in found] == [(9, None), (5, "e1")]


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_two_clocks_may_differ_by_so_much_and_no_more(side: float) -> None:
    for apart_s, entry in ((TOGETHER_S, "e1"), (TOGETHER_S + 1.0, None)):
        (found,) = match_journal(org_changes([change(LINE.at + side * apart_s, "5")]), [LINE], ORG)
        assert found.entry == entry
