"""From a plan to a changed org, on a terminal: show the plan, ask, apply it (in stages), say how it ended."""
