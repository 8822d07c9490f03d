"""The locustfile: `locust -f loadtests/actions.py`.

Without credentials it starts the sandbox and calls all its actions; with them it calls what the workload
file says. Every call ends up in the run folder at once. See CONTRIBUTING.md for where what is.
"""

from locust import events

from loadtests.action_user import ActionStream
from loadtests.run.locust_events import LocustEvents

locust_events = LocustEvents()
locust_events.register(events)


class DataActions(ActionStream):
    """One arrival stream over all chosen data actions."""

    locust_events = locust_events
