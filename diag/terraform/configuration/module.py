"""One folder as a module: what its files say together (Terraform, "Files and Directories")."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from diag.terraform.configuration.blocks import blocks_of
from diag.terraform.configuration.config_file import ConfigFile, read_config_file
from diag.terraform.configuration.merged_block import MergedBlock
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.resource_type import PROVIDER, RESOURCE_TYPE
from diag.terraform.syntax.body import Argument, ConfigBlock

_ENDINGS: Final = (".tf", ".tf.json")
_OTHER_DIALECT: Final = (".tofu", ".tofu.json")


@dataclass(frozen=True, eq=False)
class Module:
    """A folder that holds configuration; `shown`: as people are shown it."""

    folder: Path
    shown: str
    files: tuple[ConfigFile, ...]
    variables: Mapping[str, MergedBlock]
    local_values: Mapping[str, Argument]
    calls: Mapping[str, MergedBlock]
    actions: Mapping[str, MergedBlock]
    imports: tuple[ConfigBlock, ...]
    moves: tuple[ConfigBlock, ...]
    providers: tuple[ConfigBlock, ...]
    """Of Genesys Cloud."""


def is_configuration(name: str) -> bool:
    """Return whether Terraform reads a file of this name as configuration."""
    ignored = name.startswith(".") or name.endswith("~") or (name.startswith("#") and name.endswith("#"))
    return name.endswith(_ENDINGS) and not ignored


def read_module(folder: Path, boundary: Path) -> Module:
    """Return the module in a folder within `boundary`; both are real paths. Raises Uncertain."""
    shown = folder.relative_to(boundary).as_posix()
    prefix = "" if shown == "." else f"{shown}/"
    names = sorted(path.name for path in folder.iterdir() if not path.is_dir())
    other = next((name for name in names if name.endswith(_OTHER_DIALECT)), None)
    if other is not None:
        raise Uncertain(None, f"{prefix}{other} is OpenTofu's own, which is not followed")
    chosen = [name for name in names if is_configuration(name)]
    files = [
        read_config_file(real_file(folder / name, boundary, prefix + name), prefix + name)
        for name in sorted(chosen, key=lambda name: (is_override(name), name))
    ]
    plain = [one for one in files if not is_override(one.source.shown.rpartition("/")[2])]
    return _together(folder, shown, files, len(plain))


def is_override(name: str) -> bool:
    """Return whether a file is merged into the others, not read beside them."""
    base = name.removesuffix(".json").removesuffix(".tf")
    return base == "override" or base.endswith("_override")


def real_file(path: Path, boundary: Path, shown: str) -> Path:
    """Return the file itself, links followed. Raises Uncertain for a link that leads out of `boundary`."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        raise Uncertain(None, f"{shown} is a link that leads nowhere") from None
    if not real.is_relative_to(boundary):
        raise Uncertain(None, f"{shown} is a link that leads out of the folder given")
    return real


def _together(folder: Path, shown: str, files: list[ConfigFile], plain: int) -> Module:
    local_values: dict[str, Argument] = {}
    for number, file in enumerate(files):
        for block in blocks_of(file.body, "locals", 0):
            for argument in block.body.arguments():
                if argument.name in local_values and number < plain:
                    raise Uncertain(argument.where, f"local.{argument.name} is there twice")
                local_values[argument.name] = argument

    def merged(kind: str, labels: int) -> dict[tuple[str, ...], MergedBlock]:
        own = _by_labels(block for file in files[:plain] for block in blocks_of(file.body, kind, labels))
        for key, blocks in own.items():
            if len(blocks) > 1:
                raise Uncertain(blocks[1].where, f"{kind} {'.'.join(key)} is there twice")
        over = _by_labels(block for file in files[plain:] for block in blocks_of(file.body, kind, labels))
        for key, blocks in over.items():
            if key not in own:
                raise Uncertain(blocks[0].where, f"{kind} {'.'.join(key)} is overridden and not there")
        return {key: MergedBlock((*blocks, *over.get(key, ()))) for key, blocks in own.items()}

    def every(kind: str, labels: int) -> tuple[ConfigBlock, ...]:
        return tuple(block for file in files for block in blocks_of(file.body, kind, labels))

    resources = merged("resource", 2)
    return Module(
        folder=folder,
        shown=shown,
        files=tuple(files),
        variables={name: block for (name,), block in merged("variable", 1).items()},
        local_values=local_values,
        calls={name: block for (name,), block in merged("module", 1).items()},
        actions={label: block for (kind, label), block in resources.items() if kind == RESOURCE_TYPE},
        imports=every("import", 0),
        moves=every("moved", 0),
        providers=tuple(block for block in every("provider", 1) if block.labels == (PROVIDER,)),
    )


def _by_labels(blocks: Iterable[ConfigBlock]) -> dict[tuple[str, ...], list[ConfigBlock]]:
    found: dict[tuple[str, ...], list[ConfigBlock]] = {}
    for block in blocks:
        found.setdefault(block.labels, []).append(block)
    return found
