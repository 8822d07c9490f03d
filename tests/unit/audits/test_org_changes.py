"""Which audited changes are about a timeout, and what is said of those that diag did not make."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diag.audits.match_journal import match_journal
from diag.audits.org_changes import kinds_of_actions, org_changes
from diag.audits.set_elsewhere import set_elsewhere, with_authors
from diag.genesys.audits import AuditedChange, AuditedKind, PropertyChange
from tests.support.changes.fake_org import IDENTITY
from tests.support.changes.journal_records import record

ORG = IDENTITY
LINE = record(
    phase="result",
    outcome="applied",
    at=1000.0,
    action_id="x",
    before_timeout_s=60,
    before_is_set=False,
    after_timeout_s=5,
    version_after=2,
)


def change(at: float, after: str, name: str = "config.timeoutSeconds", who: str = "Anna") -> AuditedChange:
    return AuditedChange(at, "x", "X", who, (PropertyChange(name, ("60",), (after,)),))


@pytest.mark.parametrize(
    ("service", "entity", "is_one"),
    [
        ("Integrations", "Action", True),
        ("Bridge", "BridgeActions", True),
        ("Anything", "DataAction", True),
        ("Integrations", "Integration", False),
        ("Architect", "Action", False),
        ("Routing", "WrapupCode", False),
    ],
)
def test_data_actions_are_found_by_the_names_the_org_gives(service: str, entity: str, is_one: bool) -> None:
    kind = AuditedKind(service, entity)
    assert kinds_of_actions([kind]) == ((kind,) if is_one else ())


def test_other_properties_are_no_timeouts() -> None:
    assert org_changes([change(1003.0, "5", "name")]) == ()
    assert org_changes([change(1003.0, "5", "function.timeoutSeconds")]) == ()
    (odd,) = match_journal(org_changes([replace(change(9000.0, ""), properties=())]), [LINE], ORG)
    assert not odd.told and odd.entry is None


def test_a_timeout_that_is_not_what_diag_set_is_marked_with_its_author() -> None:
    assert set_elsewhere([LINE], ORG, {"x": 5}) == {}
    assert set_elsewhere([LINE], ORG, {"x": None}) == {}
    assert set_elsewhere([LINE], replace(ORG, host="other"), {"x": 9}) == {}
    stopped = replace(LINE, phase="intent", outcome=None, version_after=None)
    assert set_elsewhere([stopped], ORG, {"x": 60}) == {}  # killed before it wrote
    marked = set_elsewhere([LINE], ORG, {"x": 9})
    changes = match_journal(
        org_changes([change(1003.0, "5"), change(2000.0, "9", who="Ben"), change(1500.0, "8")]), [LINE], ORG
    )
    one = with_authors(marked, changes)["x"]
    assert (one.set_s, one.now_s, one.who, one.at) == (5, 9, "Ben", 2000.0)
    nobody = with_authors(marked, match_journal(org_changes([change(1500.0, "8")]), [LINE], ORG))["x"]
    assert nobody.who is None


@given(
    st.sampled_from(["config.timeoutSeconds", "timeout"]) | st.text(max_size=40),
    st.lists(
        st.integers(0, 99_999).map(str) | st.text("0123456789", max_size=6) | st.text(max_size=12), max_size=3
    ),
    st.floats(0, 1e10),
)
@example("timeout", ["00609"], 1.0)
def test_no_message_of_an_org_breaks_the_reading(name: str, values: list[str], at: float) -> None:
    message = AuditedChange(at, "x", None, None, (PropertyChange(name, tuple(values), ()),))
    for one in match_journal(org_changes([message]), [LINE], ORG):
        assert one.before_s is None or 1 <= one.before_s <= 60
