"""JMeter's JTL as XML, read as a stream (JMeter's manual, "XML Log format").

`<sample>` and `<httpSample>` may hold others: a transaction its parts, a page what it embeds. The innermost
request to the service is not told from an embedded picture, so of a page the page is taken, and of a
transaction its parts.
"""

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

import pandas as pd

from analysis.other_tools.decoded_text import pieces_of
from analysis.other_tools.formats.jmeter_csv import PARTS, WHOLES, jmeter_calls
from analysis.other_tools.reading import Reading

BATCH_SAMPLES: Final = 50_000
_SAMPLES: Final = ("sample", "httpSample")
_NAME_OF: Final = {
    "ts": "timeStamp", "t": "elapsed", "lb": "label", "rc": "responseCode", "rm": "responseMessage",
    "s": "success",
}  # fmt: skip
"""Attribute -> the column of the CSV."""


class _Samples:
    """What the parser meets: samples that are calls, those that are transactions, and how deep it is."""

    def __init__(self) -> None:
        self.calls: list[dict[str, str]] = []
        self.transactions: list[dict[str, str]] = []
        self.any_transaction = False
        self.parted = 0
        self._open: list[tuple[str, dict[str, str], bool]] = []
        self._pages = 0
        """How many of those that are open are pages."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take the begin of an element."""
        if name not in _SAMPLES:
            return
        if self._open:
            outer, sample, _ = self._open[-1]
            self._open[-1] = (outer, sample, True)
        self._pages += name == "httpSample"
        self._open.append(
            (name, {_NAME_OF[key]: attributes[key] for key in _NAME_OF if key in attributes}, False)
        )

    def end(self, name: str) -> None:
        """Take the end of an element: a transaction with parts is none of the calls."""
        if name not in _SAMPLES or not self._open:
            return
        kind, sample, has_parts = self._open.pop()
        self._pages -= kind == "httpSample"
        if self._pages:
            return
        if kind == "sample" and has_parts:
            self.parted += 1
        elif "Number of samples in transaction" in sample.get("responseMessage", ""):
            self.transactions.append(sample)
            self.any_transaction = True
        else:
            self.calls.append(sample)

    def taken(self) -> list[dict[str, str]]:
        """Return the samples that are there, and have them no more."""
        samples = [*self.calls, *self.transactions]
        self.calls, self.transactions = [], []
        return samples


def is_jtl_xml(head: str) -> bool:
    """Return whether a file that begins so is a JTL written as XML."""
    begin = head.lstrip()
    return begin.startswith("<") and "<testResults" in begin[:4096]


def xml_batches(reading: Reading) -> Iterator[pd.DataFrame]:
    """Yield calls as `jmeter_csv.jtl_batches` does. Damage ends the file there, and is counted.

    Raises UnreadableSamplesError for a document with a DTD: entities in it may grow without end.
    """
    wholes_only = _holds_only_transactions(reading)
    found = _Samples()
    for found in _parsed(reading):
        if not wholes_only:
            found.parted += len(found.transactions)
            found.transactions = []
        if len(found.calls) + len(found.transactions) >= BATCH_SAMPLES:
            yield _calls(reading, found.taken())
    if wholes_only and found.any_transaction:
        reading.say(WHOLES)
    yield _calls(reading, found.taken())
    reading.left_out[PARTS] += found.parted


def _holds_only_transactions(reading: Reading) -> bool:
    """Read up to the first call: mostly that is the first sample or the second."""
    for found in _parsed(Reading(reading.path, reading.options)):
        if found.calls:
            return False
        found.transactions = []
    return True


def _parsed(reading: Reading) -> Iterator[_Samples]:
    """Yield what was met so far, again and again while the file is read."""
    found = _Samples()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = found.begin, found.end
    parser.StartDoctypeDeclHandler = lambda *_: _refuse(reading)
    with reading.opened() as text:
        try:
            for piece in pieces_of(text, reading.damaged):
                parser.Parse(piece, False)
                yield found
            if not text.damaged:
                parser.Parse("", True)
        except expat.ExpatError as error:
            cut_off = error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]
            cut_off |= error.code == expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN]
            where = "ends in the middle" if cut_off else f"is damaged from line {error.lineno} on"
            reading.damaged(f"the XML {where}; read up to there")
    yield found


def _calls(reading: Reading, samples: list[dict[str, str]]) -> pd.DataFrame:
    rows = pd.DataFrame(samples, columns=list(_NAME_OF.values()), dtype=str)
    return jmeter_calls(reading, rows)


def _refuse(reading: Reading) -> None:
    raise reading.unfit("holds a DTD, which no JTL has", "Remove it, if you know where it comes from.")
