"""`diag export -o`: the name of the file tells what is in it."""

from pathlib import Path

import pytest

from diag.commands.export import command
from diag.errors import UsageError


@pytest.mark.parametrize("name", ["a.toml", "a.TOML"])
def test_json_is_never_written_into_a_toml_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="JSON") as caught:
        command.main(["Get Customer", "-o", str(tmp_path / name)], standalone_mode=False)

    assert str(tmp_path / "a.json") in (caught.value.hint or "")
    assert caught.value.category == "usage"
    assert list(tmp_path.iterdir()) == []
