"""One execution of an action: its reply in every form, what really happened (the oracle), what analytics
report."""
