"""The near side of a load run: starts the load process, follows it through its run folder, says how it ended.

Locust patches the process it is imported into, so it always runs in one of its own; nothing here imports it.
"""
