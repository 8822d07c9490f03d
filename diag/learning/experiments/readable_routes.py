"""Which other parts of the org answer this client: limits, flows, audits, definitions of events."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from diag.genesys.api_errors import ApiError, NotFoundError, PermissionMissingError, RefusedRequestError
from diag.learning.lab.experiment import Experiment, Found, Learning
from diag.learning.lab.lab import Lab


@dataclass(frozen=True, slots=True)
class ReadableRoute:
    """A route, the fact it decides, and the permissions of which any one is enough."""

    key: str
    name: str
    path: str
    needs: tuple[str, ...] = ()


ROUTES: Final = (
    ReadableRoute("limits_readable", "limits", "/api/v2/organizations/limits/namespaces/dataactions"),
    ReadableRoute("flows_readable", "flows", "/api/v2/flows?pageSize=1", ("architect:flow:view",)),
    ReadableRoute("audits_readable", "audits", "/api/v2/audits/query/servicemapping", ("audits:audit:view",)),
    ReadableRoute(
        "event_definitions_readable",
        "event definitions",
        "/api/v2/usage/events/definitions",
        ("usage:events:view",),
    ),
)


def read_experiments() -> tuple[Experiment, ...]:
    """Return one experiment a route."""
    return tuple(
        Experiment(
            name=route.name,
            does=f"asks whether the org's {route.name} can be read",
            requests=1,
            run=_reads(route),
            needs=(route.needs,) if route.needs else (),
        )
        for route in ROUTES
    )


def refused_for(name: str, permissions: str) -> tuple[Found, ...]:
    """Return what a permission that the client lacks says of a route of ROUTES; nothing of anything else."""
    return tuple(
        Found(route.key, False, f"the client has no {permissions}", "concluded")
        for route in ROUTES
        if route.name == name
    )


def _reads(route: ReadableRoute) -> Callable[[Lab], Learning]:
    def run(lab: Lab) -> Learning:
        how = "its route was asked once"
        try:
            lab.client.answers(route.path, route.needs)
        except PermissionMissingError as error:
            lacks = " or ".join(error.permissions or route.needs) or "a permission"
            return Learning(f"not readable: the client lacks {lacks}", _found(route, False, how))
        except (NotFoundError, RefusedRequestError) as error:
            return Learning(f"not readable: the org answers {error.status}", _found(route, False, how))
        except ApiError as error:
            return Learning(f"not learnt: {error.message}")
        return Learning("readable", _found(route, True, how))

    return run


def _found(route: ReadableRoute, readable: bool, how: str) -> tuple[Found, ...]:
    return (Found(route.key, readable, how),)
