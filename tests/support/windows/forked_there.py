"""Processes that pretend to be on Windows, forked from one that has imported everything there."""

import importlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.support.forks import Forked, Forks, nothing
from tests.support.windows.environment_there import LIMIT_S, environment_there

THERE: Final = Forks("tests.support.windows.preload", environment_there(Path(tempfile.gettempdir())))


def verb_there(
    folder: Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Run a verb in `folder`; the load that it starts is really started."""
    return THERE.run(_be_diag, tuple(arguments), folder=folder, environment=environment, limit_s=LIMIT_S)


def begin_verb_there(folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> Forked:
    """Begin a verb in `folder`; nobody hears what it says."""
    return THERE.start(
        _be_diag,
        tuple(arguments),
        folder=folder,
        environment=environment,
        streams=(nothing(), nothing(), nothing()),
    )


def import_there(folder: Path, names: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Import modules, and print how many there are."""
    environment = environment_there(folder)
    return THERE.run(_import, tuple(names), folder=folder, environment=environment, limit_s=LIMIT_S)


def _be_diag(arguments: tuple[str, ...]) -> None:
    from diag.__main__ import main
    from tests.support.windows.pretence import encode_as_there

    encode_as_there()
    sys.argv = ["diag", *arguments]
    main()


def _import(names: tuple[str, ...]) -> None:
    print(sum(map(bool, map(importlib.import_module, names))))
