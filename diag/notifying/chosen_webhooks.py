"""Where the addresses of webhooks come from: the flag, else DIAG_NOTIFY, else `notify` in diag.toml."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from diag.errors import UsageError
from diag.notifying.hide_typed_addresses import VARIABLE
from diag.notifying.webhook import HOW, Webhook, webhook_at
from diag.notifying.webhook_kind import kind_and_rest
from diag.setting_sources import read_dotenv
from diag.settings import Settings

NOWHERE: Final = "none"
"""`--notify none`: no message, whatever the settings say."""
BY_VARIABLE: Final = "env:"


def chosen_webhooks(
    typed: Sequence[str], settings: Settings, *, environment: Mapping[str, str] | None = None
) -> tuple[Webhook, ...]:
    """Return the webhooks that were asked for, each once. Raises UsageError without showing an address."""
    variables = os.environ if environment is None else environment
    if typed:
        texts, named_by = list(typed), "--notify"
    elif settings.notify:
        texts, named_by = settings.notify.reveal().split(), f"notify ({settings.origins.get('notify', '?')})"
    else:
        return ()
    if NOWHERE in texts:
        if len(texts) > 1:
            raise UsageError("--notify none stands alone: it means that nobody is notified.")
        return ()
    return tuple(dict.fromkeys(_webhook(text, named_by, variables) for text in texts))


def _webhook(text: str, named_by: str, variables: Mapping[str, str]) -> Webhook:
    kind, rest = kind_and_rest(text)
    if not rest.startswith(BY_VARIABLE):
        return webhook_at(rest, kind, named_by)
    name = rest.removeprefix(BY_VARIABLE)
    if not name.isidentifier():
        raise UsageError(f"What follows env: in {named_by} is not the name of a variable.", hint=HOW)
    held = variables.get(name) or read_dotenv(Path(".env")).get(name) or ""
    if not held:
        raise UsageError(f"The variable {name}, which {named_by} names, is not set.", hint=f"Set {name}.")
    if name.startswith(VARIABLE):
        os.environ.pop(name, None)  # no process that is started from here needs it
    else:
        named_by = f"the variable {name}"
    stated, address = kind_and_rest(held.strip())
    return webhook_at(address, kind or stated, named_by)
