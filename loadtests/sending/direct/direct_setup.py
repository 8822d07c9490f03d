"""Everything about direct calls in one process: backends, credentials, custom authentication, who watches."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from diag.direct.credentials.authorization import names_for
from diag.direct.credentials.credential_source import NeededCredentials, credential_source
from diag.direct.credentials.own_environment import own_environment
from diag.direct.direct_action import DirectAction
from diag.direct.direct_load import DirectLoad, DirectRules
from diag.direct.rendering.prepare import prepare
from diag.errors import UsageError
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.sending.direct.backends import Backends
from loadtests.sending.direct.custom_auth import CustomAuth
from loadtests.sending.watching.watched_call import Tracing, Watcher
from loadtests.sending.ways.direct_way import DirectRequests, DirectWay

LOGIN_CONNECTIONS: Final = 2


class DirectSetup:
    """Makes the way of each action that is called directly; owned by `Session`.

    `connections`: the most to each backend. Credentials are read here, in each process: they are never part
    of a plan, and a worker has its own. `watchers` are told of each call, `tracing` gives each its ids.
    """

    def __init__(
        self,
        plan: LoadPlan,
        *,
        connections: int,
        watchers: Sequence[Watcher] = (),
        tracing: Tracing | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Raises DiagError: templates that are refused, credentials that are missing, all of them named."""
        rules = plan.direct or DirectRules()
        self._watchers = watchers
        self._tracing = tracing
        self._backends = Backends(rules, most=connections)
        self._logins = Backends(rules, most=LOGIN_CONNECTIONS)
        self._auths: dict[tuple[str, str | None], CustomAuth] = {}
        self._source = credential_source(
            own_environment() if environment is None else environment, rules.credentials_file
        )
        loads = [action.direct for action in plan.actions if action.direct is not None]
        self._source.require([need for load in loads for need in self._needed(load)])

    def way(self, load: ActionLoad) -> DirectWay:
        """Return how an action's calls travel. Raises DiagError where they cannot begin: the login that they
        need fails, or a request cannot be rendered."""
        direct = load.direct
        assert direct is not None
        requests = DirectRequests(
            load=direct,
            templates=prepare(direct.action),
            payloads=load.payloads,
            credentials=self._source.secrets(self._own_names(direct), direct.credential_set),
            auth=self._auth(direct),
        )
        return DirectWay(requests, self._backends, watchers=self._watchers, tracing=self._tracing)

    def close(self) -> None:
        """Log in no more, and close every idle connection."""
        for auth in self._auths.values():
            auth.stop()
        self._backends.close()
        self._logins.close()

    def _own_names(self, load: DirectLoad) -> frozenset[str]:
        return prepare(load.action).credentials | names_for(load.action, load.auth)

    def _needed(self, load: DirectLoad) -> Iterator[NeededCredentials]:
        yield NeededCredentials(self._own_names(load), load.credential_set)
        if prepare(load.action).needs_auth_response:
            login = prepare(_login_of(load))
            yield NeededCredentials(login.credentials, load.credential_set)

    def _auth(self, load: DirectLoad) -> CustomAuth | None:
        """Return the custom authentication that an action uses, asked once already; None: it uses none."""
        if not prepare(load.action).needs_auth_response:
            return None
        action = _login_of(load)
        key = (action.action_id, load.credential_set)
        found = self._auths.get(key)
        if found is None:
            templates = prepare(action)
            credentials = self._source.secrets(templates.credentials, load.credential_set)
            found = self._auths[key] = CustomAuth(action.action_name, templates, credentials, self._logins)
        found.begin()
        return found


def _login_of(load: DirectLoad) -> DirectAction:
    if load.auth_action is None:
        raise UsageError(
            f"The action {load.action.action_name!r} uses the result of a custom authentication, and its "
            "integration has none.",
            hint="Measure it through the test endpoint: leave direct mode off for this action.",
        )
    return load.auth_action
