"""`diag doctor --learn` on a terminal: choose the action, show the plan, ask, say what is found."""
