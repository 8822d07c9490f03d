"""A page as a tree of elements: just enough of HTML's rules for pages of our own making."""

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"meta", "br", "input", "link", "img"}
CELLS, ROWS = ("td", "th"), ("td", "th", "tr")
ENDED_BY = {"td": CELLS, "th": CELLS, "tr": ROWS, "tbody": (*ROWS, "thead"), "dd": ("dt",)}
"""Elements whose end tag may be left out, by the start tag that ends them."""


class Element:
    def __init__(self, tag: str, attributes: dict[str, str], parent: "Element | None") -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def above(self) -> "Iterator[Element]":
        node: Element | None = self
        while node is not None:
            yield node
            node = node.parent

    def all(self, tag: str | None = None) -> "Iterator[Element]":
        """Yield the elements in it, in the order of the page; with `tag`, those of one kind."""
        left = self.children[::-1]
        while left:
            node = left.pop()
            if isinstance(node, Element):
                if tag is None or node.tag == tag:
                    yield node
                left += node.children[::-1]

    def texts(self) -> "Iterator[tuple[Element, int]]":
        """Yield where each text in it stands: an element, and which of its children it is."""
        for element in (self, *self.all()):
            for place, child in enumerate(element.children):
                if isinstance(child, str):
                    yield element, place


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.open = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while self.open.tag in ENDED_BY.get(tag, ()):
            self._close()
        made = Element(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(made)
        if tag not in VOID:
            self.open = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.open))

    def handle_endtag(self, tag: str) -> None:
        if any(node.tag == tag for node in self.open.above()):
            while self.open.tag != tag:
                self._close()
            self._close()

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)

    def _close(self) -> None:
        assert self.open.parent is not None
        self.open = self.open.parent


def tree(page: str) -> Element:
    builder = _Builder()
    builder.feed(page)
    return builder.root
