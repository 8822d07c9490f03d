"""How the calls of each action of a plan travel: through Genesys Cloud, to its backend, or not at all."""

from diag.errors import DiagError
from loadtests.planning.plan import LoadPlan
from loadtests.sending.direct.direct_setup import DirectSetup
from loadtests.sending.transport import Transport
from loadtests.sending.ways.call_way import CallWay
from loadtests.sending.ways.left_out_way import LeftOutWay
from loadtests.sending.ways.platform_way import PlatformWay


def way_of_each_action(
    plan: LoadPlan, transport: Transport, direct: DirectSetup, token: str
) -> list[CallWay]:
    """Return a way for each action, in the order of the plan; LeftOutWay where its calls cannot begin,
    because the login at its backend fails, say. Raises DiagError, with `direct` closed, where no other
    is left."""
    ways: list[CallWay] = []
    for action in plan.actions:
        if action.direct is None:
            ways.append(PlatformWay(action, transport, token, plan.learnt.timeout))
            continue
        try:
            ways.append(direct.way(action))
        except DiagError as error:
            ways.append(LeftOutWay(action.direct.action.method, error))
    errors = [way.error for way in ways if isinstance(way, LeftOutWay)]
    if errors and len(errors) == len(ways):
        direct.close()
        raise errors[0]
    return ways
