"""One file of configuration: its bytes as they were read, its blocks, and every text with references."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.format.input_file import InputFile
from diag.changes.change_errors import TerraformFileError
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.syntax.body import Body
from diag.terraform.syntax.hcl_body import read_hcl
from diag.terraform.syntax.json_body import as_template, read_json_body
from diag.terraform.syntax.json_values import JsonValue, strings_in
from diag.terraform.syntax.source import SourceText
from diag.terraform.syntax.trouble import SyntaxTrouble
from diag.terraform.syntax.words import Scanned, scan_template

_HINT: Final = "Configuration is UTF-8 text; terraform validate says what else is wrong with it."


@dataclass(frozen=True, eq=False)
class ConfigFile:
    """A file as it was read; `source.text` holds each of its bytes, a byte order mark included."""

    source: SourceText
    body: Body
    _texts: Callable[[], Iterator[tuple[SourceText, Scanned]]]

    def texts(self) -> Iterator[tuple[SourceText, Scanned]]:
        """Yield what is HCL in it, as words: the whole of it, or each string of a JSON file with a `${`."""
        return self._texts()


def read_config_file(path: Path, shown: str) -> ConfigFile:
    """Return a file of either syntax, told by its name. Raises Uncertain for one that cannot be read."""
    try:
        text = InputFile(path, TerraformFileError, _HINT).read().decode("utf-8")
    except TerraformFileError as error:
        raise Uncertain(None, error.message.rstrip(".")) from error
    except UnicodeDecodeError:
        raise Uncertain(None, f"{shown} is not UTF-8 text") from None
    source = SourceText(path, shown, text)
    try:
        if path.name.endswith(".json"):
            json_body, value = read_json_body(source)
            return ConfigFile(source, json_body, lambda: _templates(source, value))
        hcl_body, scanned = read_hcl(source)
        return ConfigFile(source, hcl_body, lambda: iter(((source, scanned),)))
    except SyntaxTrouble as error:
        raise Uncertain(source.where(error.offset), f"it cannot be read: {error}") from None


def _templates(source: SourceText, value: JsonValue) -> Iterator[tuple[SourceText, Scanned]]:
    for one in strings_in(value):
        if "${" in one.value or "%{" in one.value:
            template = as_template(source, one)
            try:
                yield template, scan_template(template.text)
            except SyntaxTrouble:
                raise Uncertain(source.where(one.start), "a template in it cannot be read") from None
