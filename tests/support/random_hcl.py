"""Random HCL that a person may have written: comments, heredocs, templates, blocks, every line ending."""

from dataclasses import dataclass

from hypothesis import strategies as st

from diag.terraform.resource_type import RESOURCE_TYPE, TIMEOUT

_COMMENTS = st.sampled_from(
    [
        "# config_timeout_seconds = 5",
        '// "not closed {',
        "/* resource { config_timeout_seconds = 5 } */",
        "# ünïcode ${not_a_template}",
        "",
    ]
)
_TEXTS = st.sampled_from(
    [
        r'"plain"',
        r'"an \"escape\" and \\"',
        '"$${input.id} %%{if} $ %"',
        '"${upper("nested ${join(",", ["a", "}"])}")} # no comment"',
        '"ünï { } 名前"',
        'jsonencode({\n    "type" = "object" # { \n    properties = { "config_timeout_seconds" = 5 }\n  })',
        "[\n    5, # }\n    5,\n  ]",
        "<<EOT\nconfig_timeout_seconds = 5\n} EOT\n  ${local.x}\nEOT",
        '<<-END\n    { "a": "$${b}" }\n  END',
        "var.a ? 5 : 7",
        "true",
        "-5",
    ]
)
_NAMES = ("name", "category", "secure", "contract_input", "timeout_seconds", "x-y")
_NESTED = st.just("  nested {\n    config_timeout_seconds = 5\n  }")
_GAPS = st.sampled_from(["", " ", "   ", "\t"])


@dataclass(frozen=True)
class RandomFile:
    """A text, and where in it the timeouts stand: label, begin, end."""

    text: str
    timeouts: tuple[tuple[str, int, int], ...]


@st.composite
def _lines(draw: st.DrawFn, indent: str, names_to_take: tuple[str, ...]) -> list[str]:
    names = draw(st.lists(st.sampled_from(names_to_take), max_size=3, unique=True))
    found = []
    for name in names:
        comment = draw(_COMMENTS)
        if comment:
            found.append(f"{indent}{comment}")
        value = draw(_TEXTS)
        end = "" if "EOT" in value or "END" in value else f"{draw(_GAPS)}{draw(_COMMENTS)}"
        found.append(f"{indent}{name}{draw(_GAPS)}={draw(_GAPS)}{value}{end}")
    return found


@st.composite
def hcl_files(draw: st.DrawFn, further_names: tuple[str, ...] = ("ünï",)) -> RandomFile:
    """A file with some actions that have a timeout, and whatever else."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    parts = [draw(st.sampled_from(["", "\ufeff"]))]
    marks: list[tuple[str, int, int]] = []
    for number in range(draw(st.integers(1, 4))):
        label = f"a{number}"
        before, after = (
            draw(_lines("  ", (*_NAMES, *further_names))),
            draw(st.lists(_NESTED, max_size=1)),
        )
        head = f'{draw(_GAPS)}resource{draw(_GAPS)} "{RESOURCE_TYPE}" "{label}" {{'
        written = draw(st.sampled_from(["5", "60", "5.0", '"5"']))
        prefix = f"  {TIMEOUT}{draw(_GAPS)}={draw(_GAPS)}"
        trailing = draw(st.sampled_from(["", " # was 7", "   // 5", " /* 5 */"]))
        lines = [draw(_COMMENTS), head, *before]
        start = "".join(parts) + newline.join(lines) + newline + prefix
        start = start.replace("\r\n", "\n").replace("\n", newline)
        quote = written.startswith('"')
        marks.append((label, len(start) + quote, len(start) + len(written) - quote))
        text = newline.join([*lines, f"{prefix}{written}{trailing}", *after, "}"]) + newline
        parts.append(text.replace("\r\n", "\n").replace("\n", newline))
    if draw(st.booleans()):
        parts.append("locals { a = 5 }")
    return RandomFile("".join(parts), tuple(marks))
