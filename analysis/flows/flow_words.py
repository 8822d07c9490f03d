"""What is said of a flow and its steps, in a few words: the same on a terminal and in a report."""

from typing import Final

from analysis.flows.flow import FlowStep, Wiring
from analysis.flows.flow_view import FlowView, StepView
from analysis.flows.longest_wait import LongestWait
from analysis.flows.path_warnings import named
from analysis.flows.which_timeout_ends import StepWait
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from analysis.number_words import latency, noun, plural

UNKNOWN_PATH: Final = (
    "When the action's timeout ends a call, the step takes its Failure or its Timeout path: which is not "
    "known. When the step's own timeout does, it takes Timeout."
)
SUGGESTED: Final = (
    "A step with \"Use action's suggested timeout\" waits as long as the action's timeout: its name says so, "
    "and nothing proves it."
)
SILENCE: Final = (
    "In a voice call flow the processing prompt begins after 1 s and plays once, at most 3 s: in a wait of "
    "20 s a caller hears nothing for at least 16 s at a stretch. Which prompt a flow has is not read."
)
COUNTED: Final = (
    "The longest wait adds up the steps on one way through the flow that call an action, each once. Waiting "
    "for a queue, an agent or an input is not in it."
)

MOST_NAMED: Final = 5
"""Steps whose action is not known that are named, of one flow."""


def waits_by(view: StepView) -> str:
    """Return whose timeout the step is set to wait by."""
    step, whose = view.step, "its function's" if view.by_function else "the action's"
    action = whose if view.timeout_s is None else f"{whose} {view.timeout_s} s"
    if step.follows_action is True:
        return action
    own = {
        "literal": f"its own {latency(step.own_ms or 0)}",
        "expression": "its own, an expression",
        "empty": "its own, left empty",
        "unreadable": "its own, in a form that is not known",
    }[step.own]
    return own if step.follows_action is False else f"{action} or {own}: not said which"


def wait_words(wait: StepWait | LongestWait) -> str:
    """Return how long a caller waits at most: in one step, or in a flow with each loop gone through once."""
    return latency(wait.ms) if wait.certain else f"up to {latency(wait.ms)}"


def longest_words(wait: LongestWait) -> str:
    """Return the longest wait of a flow, and where it may be longer."""
    return wait_words(wait) + further_rounds(wait)


def further_rounds(wait: LongestWait) -> str:
    """Return where a caller may wait longer than that; empty where nothing repeats."""
    return f", more in each further round of {named(wait.repeats)}" if wait.repeats else ""


def path_words(wiring: Wiring, step: FlowStep) -> str:
    """Return whether a path is wired, and what comes after one that is not."""
    if wiring != "not wired":
        return wiring
    return "not wired: goes on" if step.has_next else "not wired"


def doubts(view: FlowView) -> tuple[str, ...]:
    """Return what is not known of a flow, a sentence each."""
    flow, found = view.flow, []
    if flow.id is not None and not flow.published:
        found.append("This is its latest configuration: which version callers reach is not known.")
    found += [f"{one[0].upper()}{one[1:]}." for one in flow.not_followed]
    for name, ms in view.wait.unreached:
        found.append(
            f'No step leads to "{name}" as far as diag can follow: there a caller waits {latency(ms)}.'
        )
    unknown = [step.step for step in view.steps if step.step.action_id is None]
    found += [
        f'Step "{step.name}" calls "{step.action_name}": {step.unknown_action}.'
        for step in unknown[:MOST_NAMED]
    ]
    if len(unknown) > MOST_NAMED:
        found.append(f"Of {len(unknown) - MOST_NAMED} more steps it is not known which action they call.")
    beyond = sum(1 for step in view.steps if step.step.action_id is not None and step.timeout_s is None)
    if beyond:
        found.append(
            f"The timeout of the {noun(beyond, 'action')} of {plural(beyond, 'step')} is not known here: "
            f"{PLATFORM_MAX_TIMEOUT_S} s, the most there is, is counted."
        )
    return tuple(found)
