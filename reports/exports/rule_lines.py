"""What each rule for a timeout would set and cost, as Markdown and as lines of text."""

from collections.abc import Sequence

from analysis.plain_text import markdown
from analysis.verdicts.recommendation import Recommendation
from reports.wording.rule_words import HEADS, rule_words


def rules_in_markdown(actions: Sequence[Recommendation]) -> list[str]:
    """Return a section with one row for each action and rule; nothing where no action has a number."""
    compared = [action for action in actions if action.rules]
    if not compared:
        return []
    heads = ("Action", *HEADS)
    lines = ["", "## What each rule would set, and what it costs", "", f"| {' | '.join(heads)} |"]
    lines.append(f"|{' --- |' * len(heads)}")
    for action in compared:
        for words in rule_words(action):
            cells = (action.action_name, *words.cells())
            lines.append(f"| {' | '.join(markdown(cell) for cell in cells)} |")
    made = [action for action in actions if action.made_how is not None]
    return [*lines, "", *(f"- **{markdown(a.action_name)}**: {markdown(a.made_how or '')}" for a in made)]


def rules_as_text(action: Recommendation) -> list[str]:
    """Return a line for how the number was made, and one for each other rule."""
    made = [] if action.made_how is None else [action.made_how]
    others = rule_words(action)[:-1]
    return made + [f"{words.name}: {words.timeout}; good calls cut off {words.cut_off}" for words in others]
