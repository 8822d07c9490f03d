"""What a run goes by of what was learnt, and what it says where replies did not fit."""

import pytest

from analysis.format.manifest import UsedFact
from diag.errors import UsageError
from diag.genesys.timeout_reply import KnownTimeout
from loadtests.planning.learnt_platform import (
    LearntReplies,
    contradiction_notes,
    learnt_replies,
    refuse_a_blind_probe,
    used_facts,
)
from tests.support.learnt_facts import learnt


def test_calls_are_judged_by_what_was_learnt_and_by_nothing_else() -> None:
    assert learnt_replies(learnt()) == LearntReplies()
    assert learnt_replies(learnt(timeout_code="request.timeout")) == LearntReplies()  # a code of which form?
    assert learnt_replies(learnt(timeout_form="504", retry_after=False)) == LearntReplies(
        KnownTimeout("504"), False
    )


def test_the_manifest_names_what_the_run_went_by() -> None:
    facts = learnt(timeout_form="504", draft_timeout="draft", subjects_me=False)
    form = UsedFact("timeout_form", '"504"', "2026-11-29")

    assert used_facts(facts, probe=False) == (form,)
    assert used_facts(facts, probe=True) == (form, UsedFact("draft_timeout", '"draft"', "2026-11-29"))


def test_a_probe_that_would_see_no_further_is_refused() -> None:
    refuse_a_blind_probe(learnt())
    refuse_a_blind_probe(learnt(draft_timeout="draft"))
    with pytest.raises(UsageError, match="obeys the published timeout"):
        refuse_a_blind_probe(learnt(draft_timeout="published"))


def test_what_did_not_fit_is_said_with_how_often_what_it_means_and_what_to_do() -> None:
    used = used_facts(learnt(timeout_form="504", retry_after=True), probe=False)

    (form, pause) = contradiction_notes({"timeout_form": 1, "retry_after": 1200}, used)

    assert form.startswith(
        '1 reply did not fit what was learnt of the platform on 2026-11-29 (timeout_form = "504")'
    )
    assert pause.startswith("1,200 replies did not fit") and pause.endswith("diag doctor --learn")
    assert contradiction_notes({}, used) == ()
