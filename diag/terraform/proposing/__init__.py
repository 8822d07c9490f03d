"""From verdicts to edits: who is who, what may move, and what is refused, each with its reason."""
