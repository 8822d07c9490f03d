"""A session that ends at any request: nothing published changed, and `doctor` finds and removes its draft."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from diag.doctor.left_drafts import check_drafts, recorded_drafts, remove_draft
from diag.learning.lab.lab import LearnOptions
from tests.support.learning import BASE, PLAIN, SLOW, KilledError

if TYPE_CHECKING:
    from tests.contract.learning.conftest import MakeOrg

pytestmark = pytest.mark.slow


EVERYTHING = LearnOptions(slow_url=f"{BASE}/sandbox/slow/30", long=True)
"""A session with every request that there may be."""


def each_end(requests: Sequence[tuple[str, str]]) -> Iterator[int]:
    """Yield at which requests a session can end in its own way, `requests` being those of a whole one.

    Once its draft is gone, the pages of a list, and the questions at one address, are one.
    """
    gone = [method for method, _ in requests].index("DELETE")
    for at, request in enumerate(requests):
        if at <= gone or request != requests[at - 1]:
            yield at


@pytest.mark.parametrize(("served", "options"), [(False, PLAIN), (True, EVERYTHING)])
def test_a_killed_session_leaves_a_draft_that_doctor_removes(
    make_org: "MakeOrg", served: bool, options: LearnOptions
) -> None:
    org = make_org()
    before = org.published()
    org.learn(options=options)
    left_behind = 0
    ends = list(each_end([*org.transport.seen]))
    gone = [method for method, _ in org.transport.seen].index("DELETE")
    assert ends[: gone + 1] == list(range(gone + 1)) and ends[-1] > gone  # also once the draft is gone

    for at in ends:
        org.dies_after(at, served=served)
        with pytest.raises(KilledError):
            org.learn(options=options)
        org.lives_again()
        left_behind += org.has_draft(SLOW)
        with org.client() as client:
            runs = org.folder / "runs"
            found = [check for check in check_drafts(client, runs) if check.status == "warning"]
            assert bool(found) == org.has_draft(SLOW), at
            for left in recorded_drafts(runs, client.connection.api_base):
                assert remove_draft(client, left), (at, left)
        assert not org.has_draft(SLOW), at
        assert org.published() == before, at

    assert left_behind > 15


def test_ctrl_c_deletes_the_draft_and_keeps_what_was_learnt(make_org: "MakeOrg") -> None:
    org = make_org()
    before = org.published()
    org.learn()
    whole = len(org.transport.seen)

    for at in range(8, whole, 3):
        org.dies_after(at, served=at % 2 == 0, interrupt=True)
        learned = org.learn()
        org.lives_again()
        assert learned.interrupted and learned.lines
        ends = [line for line in learned.lines if line.name in ("stopped", "the end")]
        assert ends[0].learning.text.startswith(("the draft is deleted", "no draft was made"))
        assert learned.left == () and not org.has_draft(SLOW), at
        assert org.published() == before, at
