"""A reply on its way to the result: what the translation map finds, what the success template makes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from diag.direct.direct_action import DirectAction
from diag.direct.rendering.check_template import REQUEST_NAMES
from diag.direct.rendering.json_value import UnreadableJsonError, as_text, json_value
from diag.direct.rendering.refusals import RefusedConstruct
from diag.direct.rendering.reply.contract import Contract, ContractRefusedError, compile_contract
from diag.direct.rendering.reply.json_path import CompiledPath, PathRefusedError, compile_path
from diag.direct.rendering.reply.path_steps import MISSING
from diag.direct.rendering.reply.result import Result, not_understood
from diag.direct.rendering.template import Template, read_template
from diag.direct.rendering.tools.success_template_tool import json_text
from diag.direct.rendering.velocity.java_values import FailsOnPlatformError, UnknownMeaningError, Value

RAW_RESULT: Final = "rawResult"
DEFAULT_TEMPLATE: Final = "${rawResult}"
"""The success template of an action that has none of its own: the reply as it came."""


@dataclass(frozen=True, slots=True)
class ReplyReader:
    """Everything about an action's results that was read once."""

    paths: tuple[tuple[str, CompiledPath], ...]
    defaults: Mapping[str, str] = field(repr=False)
    template: Template | None
    """None: the reply itself is the result."""
    contract: Contract
    needs_json: bool
    """Whether the reply must be JSON: a translation map or the raw result is used."""

    def result(self, status: int, body: bytes) -> Result:
        """Return what a reply becomes. Raises nothing."""
        if not 200 <= status < 300:
            return not_understood("a status that is no success", "reply")
        try:
            text = as_text(body)
            if self.needs_json and not text.strip():
                return not_understood("an empty body", "reply")
            reply = json_value(text) if self.needs_json else MISSING
        except UnreadableJsonError as error:
            return not_understood(str(error), "reply")
        if self.template is None:
            return self.contract.judged(reply)
        return self._templated(self.template, text, reply)

    def _templated(self, template: Template, text: str, reply: object) -> Result:
        where = template.where
        try:
            variables: dict[str, Value] = {RAW_RESULT: text}
            for name, path in self.paths:
                where = _where(name)
                found = path.found_in(reply)
                if found is MISSING:
                    variables[name] = self.defaults.get(name)
                else:
                    variables[name] = json_text(found)
            where = template.where
            made = template.text(variables)
            value = json_value(made)
        except UnknownMeaningError as error:
            return not_understood(f"{error}: what Genesys Cloud makes of it is not known", where)
        except FailsOnPlatformError as error:
            return not_understood(f"{error}, so the action would fail in Genesys Cloud too", where)
        except UnreadableJsonError as error:
            return not_understood(f"the text it makes is {error}", where)
        return self.contract.judged(value)


def _where(name: str) -> str:
    return f'translationMap "{name}"'


def read_reply(
    action: DirectAction,
) -> tuple[ReplyReader | None, tuple[RefusedConstruct, ...], tuple[str, ...]]:
    """Return how an action's replies are read, or None with what is refused; and what is noteworthy."""
    refusals: list[RefusedConstruct] = []
    paths: list[tuple[str, CompiledPath]] = []
    for name, expression in action.translation_map.items():
        try:
            paths.append((name, compile_path(expression)))
        except PathRefusedError as error:
            refusals.append(RefusedConstruct(_where(name), str(error)))
    source = (action.success_template or "").strip() or DEFAULT_TEMPLATE
    known = frozenset({RAW_RESULT, *action.translation_map, *REQUEST_NAMES})
    template = read_template("successTemplate", source, known)
    refusals.extend(template.refusals)
    refusals.extend(_refused_names(template, action))
    contract: Contract | None = None
    try:
        contract = compile_contract(action.output_schema)
    except ContractRefusedError as error:
        refusals.append(RefusedConstruct("contract.output", str(error)))
    if refusals or contract is None:
        return None, tuple(refusals), ()
    whole = source in (DEFAULT_TEMPLATE, "$rawResult", "$!{rawResult}", "$!rawResult") and not paths
    reader = ReplyReader(
        tuple(paths),
        dict(action.translation_defaults),
        None if whole else template,
        contract,
        needs_json=bool(paths) or RAW_RESULT in template.roots(),
    )
    return reader, (), template.warnings


def _refused_names(template: Template, action: DirectAction) -> Iterator[RefusedConstruct]:
    for root in sorted(REQUEST_NAMES):
        if root in template.roots() and root not in action.translation_map:
            yield RefusedConstruct(
                template.where, f"${root}, which the Resource Center names for requests only"
            )
