"""Flows as tables for a terminal: one row a flow, one row a step."""

from collections.abc import Sequence

from analysis.flows.flow_view import FlowView
from analysis.flows.flow_words import doubts, longest_words, path_words, wait_words, waits_by
from diag.table import Column, Table


def flow_table(views: Sequence[FlowView]) -> Table:
    """Return a row for each flow: how long a caller waits in it for actions at most."""
    return Table(
        columns=(
            Column("flow"),
            Column("longest wait"),
            Column("steps", "right", priority=2),
            Column("type", priority=3),
            Column("file", priority=4),
            Column("not known", priority=5),
        ),
        rows=tuple(
            (
                view.flow.name,
                longest_words(view.wait),
                len(view.steps),
                view.flow.type,
                view.flow.where,
                " ".join(doubts(view)) or None,
            )
            for view in views
        ),
    )


def step_table(views: Sequence[FlowView]) -> Table:
    """Return a row for each step that calls an action."""
    return Table(
        columns=(
            Column("flow"),
            Column("step"),
            Column("action"),
            Column("waits by"),
            Column("bites", priority=2),
            Column("at most", "right"),
            Column("Failure", priority=2),
            Column("Timeout", priority=2),
        ),
        rows=tuple(
            (
                view.flow.name,
                one.step.name,
                one.step.action_name,
                waits_by(one),
                one.bites,
                wait_words(one.wait),
                path_words(one.step.failure, one.step),
                path_words(one.step.timeout, one.step),
            )
            for view in views
            for one in view.steps
        ),
    )
