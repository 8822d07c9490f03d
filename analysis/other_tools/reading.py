"""One file of another tool while it is read: what to do with it, what was left out, what has to be said."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from analysis.analysis_errors import UnreadableSamplesError
from analysis.other_tools.decoded_text import TextLines, opened_text
from analysis.other_tools.known_tools import ToolOptions
from analysis.skipped_input import SkippedInput


@dataclass(slots=True)
class Reading:
    """`left_out` counts rows by why; `damage` keeps what is wrong with the file itself, and `said` sentences
    for whoever reads the verdicts, each once; `bytes_read`: how far the file is read, packed where it is."""

    path: Path
    options: ToolOptions
    left_out: Counter[str] = field(default_factory=Counter)
    damage: dict[str, None] = field(default_factory=dict)
    said: dict[str, None] = field(default_factory=dict)
    bytes_read: int = 0

    @contextmanager
    def opened(self) -> Iterator[TextLines]:
        """Open the file as text (`analysis.other_tools.decoded_text`)."""
        with opened_text(self.path, self._note) as text:
            yield text

    def _note(self, bytes_read: int) -> None:
        self.bytes_read = bytes_read

    def say(self, sentence: str) -> None:
        """Keep a sentence, without its full stop."""
        self.said[sentence] = None

    def damaged(self, why: str) -> None:
        """Keep what is wrong with the file, and how it was read nevertheless."""
        self.damage[why] = None

    def skipped(self) -> Iterator[SkippedInput]:
        """Yield what was left out so far."""
        yield from (SkippedInput(self.path.name, None, why) for why in self.damage)
        for why, rows in self.left_out.items():
            if rows:
                yield SkippedInput(self.path.name, rows, why)

    def unfit(self, what: str, hint: str) -> UnreadableSamplesError:
        """Return the error about this file; `what` follows its path."""
        return UnreadableSamplesError(f"{self.path} {what}.", hint=hint)
