"""One run from beginning to end: Locust's events, login and plan, dry run, `--sla`, web tab, the ending."""
