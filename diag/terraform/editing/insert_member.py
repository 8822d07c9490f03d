"""A timeout for a block in Terraform's JSON that has none: one member, written as the object writes them."""

from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.editing.text_edit import TextEdit
from diag.terraform.resource_type import TIMEOUT
from diag.terraform.syntax.json_body import JsonBody


def member_for(body: JsonBody, timeout_s: int) -> TextEdit:
    """Return the edit that adds the member: among keys in order where it belongs, else at the end.

    Raises Uncertain for a block that is an empty list.
    """
    text = body.source.text
    if not body.objects:
        raise Uncertain(body.source.where(body.start), "the block has no object to add a timeout to")
    whole = body.objects[0]
    members = whole.members
    if not members:
        at = whole.start + 1
        return TextEdit(at, at, f'"{TIMEOUT}": {timeout_s}', (f'"{TIMEOUT}"', ":", str(timeout_s)))
    key, value = members[0]
    member = f'"{TIMEOUT}"{text[key.end : value.start]}{timeout_s}'
    adds = (f'"{TIMEOUT}"', ":", str(timeout_s))
    keys = [name.value for name, _ in members]
    before = text[whole.start + 1 : key.start]
    if keys == sorted(keys) and keys[-1] > TIMEOUT:
        at = next(number for number, name in enumerate(keys) if name > TIMEOUT)
        start = members[at][0].start
        apart = text[members[at - 1][1].end : start] if at else f",{before}"
        return TextEdit(start, start, member + apart, (*adds, ","))
    end = members[-1][1].end
    apart = text[members[0][1].end : members[1][0].start] if len(members) > 1 else f",{before}"
    return TextEdit(end, end, apart + member, (",", *adds))
