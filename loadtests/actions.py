"""The locustfile: `locust -f loadtests/actions.py`.

Without credentials it starts the sandbox and calls all its actions; with them it calls what the workload
file says. Every call ends up in the run folder at once. See CONTRIBUTING.md for where what is.
"""

from locust import events

from diag.supported_platform import refuse_foreign_packages

refuse_foreign_packages()  # before it is met

from loadtests.action_user import ActionStream  # noqa: E402
from loadtests.run.locust_events import LocustEvents  # noqa: E402

locust_events = LocustEvents()
locust_events.register(events)


class DataActions(ActionStream):
    """One arrival stream over all chosen data actions."""

    locust_events = locust_events
