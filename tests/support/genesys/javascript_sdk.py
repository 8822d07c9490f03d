"""The official JavaScript SDK (npm, test-only): where it is, and a walk by it through a sandbox's routes."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = "purecloud-platform-client-v2"
ROOT: Final = Path(__file__).parents[3]
_WALK: Final = Path(__file__).with_name("javascript_walk.js")
_PARAMETER: Final = re.compile(r"\{\w+\}")


def sdk_folder() -> Path:
    """Return where the package is: `build/sdk` (as .ci/run installs it), or where DIAG_JS_SDK says."""
    return Path(os.environ.get("DIAG_JS_SDK") or ROOT / "build" / "sdk" / "node_modules" / PACKAGE)


def why_not() -> str | None:
    """Return why the SDK cannot be run here; None where it can."""
    if shutil.which("node") is None:
        return "no node"
    if not (sdk_folder() / "index.d.ts").is_file():
        return f"no {PACKAGE}: npm install --no-save --prefix build/sdk {PACKAGE}, or name it in DIAG_JS_SDK"
    return None


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, and what it was asked by: the SDK's method, and the route as the SDK writes it."""

    sdk: str
    verb: str
    path: str
    status: int
    body: Any

    @property
    def route(self) -> tuple[str, str]:
        """Return verb and path, its parameters without names."""
        return self.verb, nameless(self.path)


def nameless(path: str) -> str:
    """Return a path without the names of its parameters, which everyone chooses for himself."""
    return _PARAMETER.sub("{}", path)


def walk(base_url: str) -> list[Reply]:
    """Return every reply of one walk through a sandbox, in order. Raises AssertionError if it ends early."""
    node, port = shutil.which("node"), base_url.rsplit(":", 1)[1]
    assert node is not None
    line = [node, str(_WALK), str(sdk_folder()), port]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300, env=_environment(), check=False)
    assert done.returncode == 0, done.stderr
    replies: list[Mapping[str, Any]] = json.loads(done.stdout)
    return [Reply(**reply) for reply in replies]


def _environment() -> dict[str, str]:
    """No proxy, and a home without settings of the SDK's own."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "HOME": os.devnull}
