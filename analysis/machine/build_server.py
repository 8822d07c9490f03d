"""Whether a build server runs this: nobody is there to answer, and its log keeps every line."""

from collections.abc import Mapping
from typing import Final

_NO: Final = frozenset({"", "0", "false", "no", "off"})


def runs_on_build_server(environment: Mapping[str, str]) -> bool:
    """Return whether CI is set, as GitHub Actions and GitLab CI do; `CI=false` says no."""
    return environment.get("CI", "").lower() not in _NO
