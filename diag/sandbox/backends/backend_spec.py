"""What a scenario says of the HTTP that an action and its backend speak: `[action.backend]`.

Whatever is left out is as in any other action: inputs in the query or in a JSON body, the result in `result`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, cast, get_args

from diag.sandbox.reply_bodies import JsonObject
from diag.toml_section import TomlSection

Wants = Literal["nothing", "api-key", "basic", "bearer", "client"]
_TRANSLATED: Final = ("answers", "translation_map", "success_template")


@dataclass(frozen=True, slots=True)
class BackendSpec:
    """How one action's request is written, what its backend wants of it and answers."""

    path: str | None = None
    """Last part of its address; None: made of the action's name."""
    query: str | None = None
    """Template of what follows `?` in the address."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Templates of headers, beside or instead of the usual ones."""
    request_template: str | None = None
    wants: Wants = "nothing"
    """Credentials of its integration that the backend asks for; without them it answers 401."""
    issues_tokens: bool = False
    """Its result holds an access token that backends which want `bearer` take."""
    answers: JsonObject = field(default_factory=dict)
    """Body of its reply; empty: the result, wrapped."""
    translation_map: Mapping[str, str] = field(default_factory=dict)
    translation_defaults: Mapping[str, str] = field(default_factory=dict)
    success_template: str = ""

    @property
    def translated(self) -> bool:
        """Whether body, translation and success template are its own."""
        return bool(self.answers)


def read_backend(table: TomlSection | None) -> BackendSpec:
    """Return what the table says. Raises ScenarioError."""
    if table is None:
        return BackendSpec()
    given = [key for key in _TRANSLATED if table.has(key)]
    if given and len(given) < len(_TRANSLATED):
        missing = next(key for key in _TRANSLATED if key not in given)
        raise table.wrong(missing, "is missing", f"These belong together: {', '.join(_TRANSLATED)}.")
    return table.done(
        BackendSpec(
            path=table.text("path", None),
            query=table.text("query", None),
            headers=table.text_map("headers"),
            request_template=table.text("request_template", None),
            wants=cast(Wants, table.text("wants", "nothing", choices=get_args(Wants))),
            issues_tokens=table.flag("issues_tokens", False),
            answers=cast(JsonObject, table.mapping("answers")),
            translation_map=table.text_map("translation_map"),
            translation_defaults=table.text_map("translation_defaults"),
            success_template=table.text("success_template", ""),
        )
    )
