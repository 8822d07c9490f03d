"""The official SDK, its own code unchanged, without the thousands of models that no test touches.

`import PureCloudPlatformClientV2` imports 6,600 modules: eight seconds of a core. Here a name is imported
from its own file when it is first asked for; which file that is, is read from the SDK's `__init__`.
"""

import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from unittest.mock import patch

NAME: Final = "PureCloudPlatformClientV2"
_IMPORT: Final = re.compile(r"^from (\.[\w.]+) import (\w+)\s*$", re.MULTILINE)


class _Package(ModuleType):
    """A package whose `from .file import Name` lines are carried out one at a time."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(name)
        self.__path__ = [str(folder)]
        text = (folder / "__init__.py").read_text(encoding="utf-8")
        self._files: Mapping[str, str] = {name: file for file, name in _IMPORT.findall(text)}

    def __getattr__(self, name: str) -> Any:
        if name not in self._files:
            raise AttributeError(f"{self.__name__} has no {name}")
        return getattr(importlib.import_module(self._files[name], self.__name__), name)


def load(home: Path) -> ModuleType:
    """Return the SDK's package, as an import of it does.

    `home`: an empty folder. The SDK watches the whole home directory for changes of its configuration file,
    and a thread that follows everything below a real one takes seconds of a core.
    """
    spec = importlib.util.find_spec(NAME)
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent
    package = sys.modules[NAME] = _Package(NAME, folder)
    for part in ("models", "apis"):
        sys.modules[f"{NAME}.{part}"] = vars(package)[part] = _Package(f"{NAME}.{part}", folder / part)
    for part in ("rest", "api_client"):
        importlib.import_module(f"{NAME}.{part}")
    with patch.dict(os.environ, {"HOME": str(home), "USERPROFILE": str(home)}):
        configuration = importlib.import_module(f"{NAME}.configuration").Configuration()
    vars(package)["configuration"] = configuration  # the last line of its __init__
    return package
