"""The variables credentials stand in: of the environment, and of `.env` in this folder as other settings."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from diag.setting_sources import read_dotenv

_OURS: Final = ("DIAG_CREDENTIAL_", "DIAG_CREDENTIALS_FILE")


def own_environment(folder: Path | None = None) -> Mapping[str, str]:
    """Return the variables, those of the environment before those of `.env` (default: in this folder).

    Raises UsageError for a `.env` that cannot be read.
    """
    stated = read_dotenv((folder or Path.cwd()) / ".env")
    ours = {name: value for name, value in stated.items() if name.startswith(_OURS) and value is not None}
    return {**ours, **os.environ}
