"""Which experiments a session makes, and which it leaves out for want of a permission."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from diag.genesys.actions import EDIT, VIEW
from diag.genesys.analytics.aggregate_query import NEEDS
from diag.genesys.replies.granted_permissions import Permissions
from diag.learning.experiments.draft_writes import (
    clear_the_timeout,
    leave_a_part_out,
    write_with_an_old_version,
)
from diag.learning.experiments.edge_ceiling import PATIENCE_S, wait_for_the_edge
from diag.learning.experiments.listings import largest_page, list_with_configs
from diag.learning.experiments.readable_routes import read_experiments, refused_for
from diag.learning.experiments.telemetry_questions import how_late, views_and_percentiles, words_for_errors
from diag.learning.experiments.timed_out_test import MOST_CALLS, run_into_the_timeout
from diag.learning.lab.experiment import Experiment, Learning, SkippedExperiment
from diag.learning.lab.lab import Lab, LearnOptions

DELETE: Final = ("integrations:action:delete",)
EXECUTE: Final = ("integrations:action:execute",)
"""A draft's test has no `bridge` alternative."""
BEFORE: Final = 9
"""Requests that log in and name org, permissions and action, before a plan can be shown."""
DRAFT: Final = 10
"""Requests that open a draft, read it, delete it, see it gone, and look at the published action again."""

_ON_DRAFT: Final = (EDIT, DELETE)


@dataclass(frozen=True, slots=True)
class LearnPlan:
    """What will be done, in order, and what is left out."""

    experiments: tuple[Experiment, ...]
    skipped: tuple[SkippedExperiment, ...]

    @property
    def needs_draft(self) -> bool:
        """Return whether a draft is made."""
        return any(one.on_draft for one in self.experiments)

    @property
    def requests(self) -> int:
        """Return how many requests it makes at most, those before it included, when nothing is repeated."""
        made = sum(one.requests for one in self.experiments)
        return BEFORE + made + (DRAFT if self.needs_draft else 0)


def make_learn_plan(
    options: LearnOptions, permissions: Permissions | None, look_for_calls: Callable[[Lab], Learning]
) -> LearnPlan:
    """Return the plan; `permissions` None: unknown, so each experiment is tried.

    `look_for_calls` asks the analytics for the test calls that the others made.
    """
    chosen: list[Experiment] = []
    skipped: list[SkippedExperiment] = []
    for experiment in _all(options, look_for_calls):
        lacking = _lacking(experiment.needs, permissions)
        if lacking is None:
            chosen.append(experiment)
        else:
            name = experiment.name
            skipped.append(SkippedExperiment(name, f"the client lacks {lacking}", refused_for(name, lacking)))
    return LearnPlan(tuple(chosen), tuple(skipped))


def _lacking(needs: Sequence[tuple[str, ...]], permissions: Permissions | None) -> str | None:
    if permissions is None:
        return None
    return next((" or ".join(group) for group in needs if not permissions.allow_any(group)), None)


def _all(options: LearnOptions, look_for_calls: Callable[[Lab], Learning]) -> tuple[Experiment, ...]:
    edge = Experiment(
        "the edge",
        "gives the draft 60 s and calls it once, to see whether anything cuts it off before",
        3,
        wait_for_the_edge,
        (*_ON_DRAFT, EXECUTE),
        on_draft=True,
        calls=True,
        seconds=PATIENCE_S,
    )
    address = " by the slow address" if options.slow_url else ""
    return (
        Experiment(
            "a timed-out test",
            f"gives the draft a short timeout and calls it{address} until a call times out, at most "
            f"{MOST_CALLS} times",
            4 + MOST_CALLS,
            run_into_the_timeout,
            (*_ON_DRAFT, EXECUTE),
            on_draft=True,
            calls=True,
            seconds=30.0,
        ),
        Experiment(
            "a stale version",
            "writes the draft with an old version, which should be refused",
            1,
            write_with_an_old_version,
            _ON_DRAFT,
            on_draft=True,
        ),
        Experiment(
            "merge or replace",
            "writes the draft without one of its parts, and looks whether it is still there",
            4,
            leave_a_part_out,
            _ON_DRAFT,
            on_draft=True,
        ),
        Experiment(
            "clearing a timeout",
            "writes the draft without a timeout, then with null, and reads it back",
            6,
            clear_the_timeout,
            _ON_DRAFT,
            on_draft=True,
        ),
        *((edge,) if options.long else ()),
        Experiment("the list", "lists actions with includeConfig", 1, list_with_configs, (VIEW,)),
        Experiment("the largest page", "asks for pages of 1,000, 500 and 200", 3, largest_page, (VIEW,)),
        *read_experiments(),
        Experiment(
            "analytics views",
            "asks with 10 views, then more",
            3,
            views_and_percentiles,
            (NEEDS,),
        ),
        Experiment(
            "analytics words", "asks by which words errors are told apart", 1, words_for_errors, (NEEDS,)
        ),
        Experiment("analytics lag", "asks how old the newest data are", 1, how_late, (NEEDS,)),
        Experiment(
            "analytics test calls", "looks for the test calls by their ids", 2, look_for_calls, (NEEDS,)
        ),
    )
