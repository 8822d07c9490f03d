"""The host of a URL template, where the template itself says it and no input can change it."""

import re
from typing import Final

from diag.direct.hosts.backend_host import BackendHost, backend_host

_WRITTEN_OUT: Final = re.compile(r"(https?://[^/?#$\\]*)(?:[/?].*)?", re.IGNORECASE | re.DOTALL)


def template_host(url_template: str) -> BackendHost | None:
    """Return the host that is written out in a template; None for one that is computed.

    `https://api.example.com$!{input.path}` is computed: an input may go on with the host. Raises
    UnfitHostError for a host that no call may go to.
    """
    written = _WRITTEN_OUT.fullmatch(url_template.strip())
    return None if written is None else backend_host(written[1])
