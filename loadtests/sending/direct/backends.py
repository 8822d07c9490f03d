"""The backends of one process: a pool of connections to each, and none to an address that is not allowed."""

from diag.direct.direct_load import DirectRules
from diag.direct.hosts.backend_host import BackendHost
from diag.direct.hosts.may_be_called import address_may_be_called, may_be_called
from diag.errors import DiagError
from loadtests.sending.connections.pools import Connections
from loadtests.sending.direct.bounded_reply import BodyRoom
from loadtests.sending.direct.proxied_host import private_behind_a_proxy
from loadtests.sending.direct.wire_request import WireRequest


class HostRefusedError(DiagError):
    """Raised for a request to a host that may not be called; the text holds no value of the request."""

    category = "usage"


class Backends:
    """Owned by whoever calls through it. `most`: connections to each host at most."""

    def __init__(self, rules: DirectRules, *, most: int) -> None:
        self._rules = rules
        self._most = most
        self.room = BodyRoom()
        self._pools: dict[BackendHost, Connections] = {}
        self._of_proxy: dict[BackendHost, str | None] = {}

    def refuse_what_is_not_allowed(self, request: WireRequest) -> None:
        """Raise HostRefusedError where the request may not go to its host, as far as its address tells."""
        why = may_be_called(request.url, self._rules, self._rules.sandbox_base)
        if why is None:
            if request.host not in self._of_proxy:  # names are looked up once: not while calls are made
                self._of_proxy[request.host] = private_behind_a_proxy(request.host)
            why = self._of_proxy[request.host]
        if why is not None:
            raise HostRefusedError(f"A direct call is refused: {why}.")

    def connections(self, host: BackendHost) -> Connections:
        """Return the connections to a host."""
        found = self._pools.get(host)
        if found is None:
            found = self._pools[host] = Connections(
                host.base,
                most=self._most,
                may_connect=lambda address: self._may_connect(address, host),
            )
        return found

    def _may_connect(self, address: str, host: BackendHost) -> bool:
        return address_may_be_called(address, host, self._rules, self._rules.sandbox_base) is None

    def close(self) -> None:
        """Close every idle connection."""
        for pool in self._pools.values():
            pool.close()
