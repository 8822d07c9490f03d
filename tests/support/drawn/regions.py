"""The part of a page that is drawn: between two marks that name it, and that the page shows to nobody."""

_BEGINS = "<!-- {}: drawn by `make draw`, held by tests/test_drawn.py -->\n"
_ENDS = "<!-- end of {} -->\n"


def with_region(page: str, name: str, text: str) -> str:
    """Return the page with this region drawn anew. Raises ValueError where the page has no such marks."""
    before, begins, rest = page.partition(_BEGINS.format(name))
    _, ends, after = rest.partition(_ENDS.format(name))
    if not (begins and ends):
        raise ValueError(f"the page has no marks of {name}")
    return f"{before}{begins}\n{text.strip()}\n\n{ends}{after}"
