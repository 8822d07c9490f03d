"""The session: one experiment after the other, until all are made or its requests or seconds are used up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from diag.errors import DiagError
from diag.genesys.api_errors import ApiError, RateLimitedError
from diag.learning.lab.draft_under_test import DraftLostError
from diag.learning.lab.experiment import Experiment, Found, Learning
from diag.learning.lab.lab import Lab
from diag.learning.lab.request_budget import KEPT_FOR_THE_END, BudgetUsedError
from diag.learning.session.plan import LearnPlan

TO_MAKE: Final = 4
"""Requests that open a draft and read it."""
NO_DRAFT: Final = "not made: there is no draft"


@dataclass(frozen=True, slots=True)
class LearnLine:
    """One line of a session: the experiment, and what came of it."""

    name: str
    learning: Learning


@dataclass(slots=True)
class Learned:
    """What a session found, line by line.

    `left`: a line for a draft that is, or may be, still there. `called`: whether a test call was made.
    """

    lines: list[LearnLine] = field(default_factory=list)
    left: tuple[str, ...] = ()
    called: bool = False
    interrupted: bool = False

    @property
    def found(self) -> tuple[Found, ...]:
        """Return every fact found, in order; of a fact found twice the last counts."""
        return tuple(found for line in self.lines for found in line.learning.found)


def learn(lab: Lab, plan: LearnPlan, tell: Callable[[LearnLine], None]) -> Learned:
    """Make the experiments; `tell` is called with each line as it comes.

    The draft is deleted whatever happens: at the end of those that need it, at an error, and at Ctrl-C, which
    ends the session with what it learnt. Raises OSError where the notes about the draft cannot be written.
    """
    learned = Learned()

    def say(line: LearnLine) -> None:
        learned.lines.append(line)
        tell(line)

    for skipped in plan.skipped:
        learned.lines.append(LearnLine(skipped.name, Learning(f"left out: {skipped.why}", skipped.found)))
    try:
        _on_draft(lab, plan, learned, say)
        if learned.interrupted:
            raise KeyboardInterrupt
        for experiment in plan.experiments:
            if not experiment.on_draft:
                say(LearnLine(experiment.name, _made(lab, experiment)))
    except KeyboardInterrupt:
        learned.interrupted = True
    learned.called = bool(lab.calls)
    headers = _of_headers(lab)
    if headers is not None:
        say(headers)
    return learned


def _on_draft(lab: Lab, plan: LearnPlan, learned: Learned, say: Callable[[LearnLine], None]) -> None:
    wanted = [experiment for experiment in plan.experiments if experiment.on_draft]
    if not wanted:
        return
    lab.budget.keep(KEPT_FOR_THE_END)
    if lab.budget.left < TO_MAKE + min(experiment.requests for experiment in wanted):
        say(LearnLine("the draft", Learning("not made: too few requests are left to do anything with it")))
        lab.budget.keep(0)
        return
    try:
        for line in _lines_of_draft(lab, wanted):
            say(line)
    except BaseException:
        say(LearnLine("stopped", Learning(_delete_draft(lab, learned))))
        raise
    told = _delete_draft(lab, learned)
    try:
        ended = _ending(lab, told)
    except KeyboardInterrupt:
        say(LearnLine("stopped", Learning(told)))
        raise
    say(LearnLine("the end", ended))


def _lines_of_draft(lab: Lab, wanted: Sequence[Experiment]) -> Iterator[LearnLine]:
    try:
        lab.draft.make()
    except (ApiError, BudgetUsedError) as error:
        why = error.message if isinstance(error, ApiError) else "the requests are used up"
        yield LearnLine("the draft", Learning(f"not made: {why}"))
    for experiment in wanted:
        made = _made(lab, experiment) if lab.draft.is_open else Learning(NO_DRAFT)
        yield LearnLine(experiment.name, made)


def _delete_draft(lab: Lab, learned: Learned) -> str:
    """Delete the draft, whatever happens; return what became of it. A Ctrl-C meanwhile is one too early."""
    learned.left = (f"{lab.published.action.name}: deleting its draft was interrupted",)
    with lab.budget.for_the_end():
        try:
            learned.left = lab.draft.close()
        except KeyboardInterrupt:
            learned.interrupted = True
            learned.left = lab.draft.close()
    gone = "the draft is deleted" if lab.draft.was_made else "no draft was made"
    return "; ".join(learned.left) or gone


def _ending(lab: Lab, draft: str) -> Learning:
    """Look once more at what is published: nothing of it may have changed."""
    before = lab.published.action
    try:
        with lab.budget.for_the_end():
            now = lab.client.get_action(before.id, contract=True)
    except ApiError as error:
        return Learning(f"{draft}; the published action could not be read again ({error.message})")
    if now == before:
        return Learning(f"{draft}; the published action is as it was, at version {now.version}")
    return Learning(
        f"{draft}; the published action is no longer as it was: version {before.version} became "
        f"{now.version}. diag wrote to its draft only, so someone else changed it meanwhile"
    )


def _made(lab: Lab, experiment: Experiment) -> Learning:
    """Make one experiment; an error is what came of it."""
    if experiment.requests > lab.budget.left:
        return Learning(f"not made: it takes {experiment.requests} requests, and {lab.budget.left} are left")
    if experiment.seconds > lab.seconds_left:
        return Learning("not made: the time is used up")
    try:
        return experiment.run(lab)
    except BudgetUsedError:
        return Learning("not learnt: the requests are used up")
    except RateLimitedError as error:
        return Learning(f"not learnt: {error.message.rstrip('.')}; it is not tried again")
    except DraftLostError as error:
        return Learning(f"not learnt: {error.message}")
    except (ApiError, DiagError) as error:
        return Learning(f"not learnt: {error.message}")


def _of_headers(lab: Lab) -> LearnLine | None:
    """What all replies together said beside their answers."""
    replies, found, says = lab.replies, list[Found](), list[str]()
    if replies.ordinary:
        value = "inin" if replies.with_rate_headers else "none"
        found.append(Found("rate_limit_headers", value, "the replies of this session"))
        says.append(
            "ordinary replies count requests" if replies.with_rate_headers else "no rate limit headers"
        )
    if replies.limited:
        with_wait = replies.limited_with_wait == replies.limited
        found.append(Found("retry_after", with_wait, "a 429 that this session met by chance"))
        says.append(f"a 429 came {'with' if with_wait else 'without'} Retry-After")
    return LearnLine("headers", Learning("; ".join(says), tuple(found))) if says else None
