"""A timeout for an HCL block that has none: one line, written as the block writes its own.

It goes to the end of the block's first paragraph of arguments. Where that is aligned so narrowly that the
long name would have to move its neighbours, it becomes a paragraph of its own: `terraform fmt` aligns within
paragraphs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.editing.text_edit import TextEdit
from diag.terraform.resource_type import TIMEOUT
from diag.terraform.syntax.body import Argument, ConfigBlock
from diag.terraform.syntax.hcl_body import HclBody


def line_for(block: ConfigBlock, body: HclBody, timeout_s: int) -> TextEdit:
    """Return the edit that adds the line. Raises Uncertain for a block that is written on one line."""
    text = body.source.text
    adds = (TIMEOUT, "=", str(timeout_s))
    paragraph = _first_paragraph(body)
    end = text.find("\n", paragraph[-1].end if paragraph else body.start, body.end)
    if end < 0:
        raise Uncertain(block.where, "the block has no line to add a timeout to: it is written on one")
    ending = _line_end(text, end)
    if not paragraph:
        indent = _indent_of_first(body, text) or _indent_at(text, block.start) + "  "
        return TextEdit(end + 1, end + 1, f"{indent}{TIMEOUT} = {timeout_s}{ending}", adds)
    begin = _Line.of(paragraph[-1], text)
    columns = {_Line.of(one, text).equals_at for one in paragraph}
    plain = all(_Line.of(one, text).has_one_space for one in paragraph)
    fits = len(begin.indent) + len(TIMEOUT) < begin.equals_at
    if len(columns) == 1 and fits and len(paragraph) > 1:
        name = TIMEOUT.ljust(begin.equals_at - len(begin.indent))
        line = f"{begin.indent}{name}= {timeout_s}{ending}"
    elif len(columns) > 1 and plain:  # it aligns nothing
        line = f"{begin.indent}{TIMEOUT} = {timeout_s}{ending}"
    else:
        after = text[end + 1 : body.end].split("\n", 1)[0].strip()
        apart = ending if after else ""
        line = f"{ending}{begin.indent}{TIMEOUT} = {timeout_s}{ending}{apart}"
    return TextEdit(end + 1, end + 1, line, adds)


@dataclass(frozen=True, slots=True)
class _Line:
    """How an argument's line begins: its indent, and in which column its `=` stands."""

    indent: str
    equals_at: int
    has_one_space: bool

    @classmethod
    def of(cls, argument: Argument, text: str) -> "_Line":
        begin = text.rfind("\n", 0, argument.start) + 1
        equals = text.index("=", argument.start + len(argument.name))
        between = text[argument.start + len(argument.name) : equals]
        indent = re.match(r"[ \t]*", text[begin : argument.start])
        return cls(indent[0] if indent else "", equals - begin, between == " ")


def _first_paragraph(body: HclBody) -> Sequence[Argument]:
    """The block's first arguments on lines of their own, without a gap between them."""
    text = body.source.text
    found = list[Argument]()
    for argument in body.arguments():
        if "\n" in text[argument.start : argument.end]:
            break
        if found and text.count("\n", found[-1].end, argument.start) != 1:
            break
        found.append(argument)
    begins = body.every_block[0].start if body.every_block else body.end
    return found if found and found[0].start < begins else ()


def _indent_of_first(body: HclBody, text: str) -> str:
    starts = [one.start for one in body.arguments()] + [one.start for one in body.every_block]
    return _indent_at(text, min(starts)) if starts else ""


def _indent_at(text: str, at: int) -> str:
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return before if not before.strip() else ""


def _line_end(text: str, newline: int) -> str:
    return "\r\n" if text[newline - 1] == "\r" else "\n"
