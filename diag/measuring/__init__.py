"""Beside a running load: starts the load process, follows its run folder, watches for settled actions,
finishes the run.

Locust patches the process it is imported into, so it always runs in one of its own; nothing here imports it.
"""
