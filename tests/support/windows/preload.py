"""Imports what a verb needs in a process that pretends: those forked from it have read it as on Windows."""

import warnings

from tests.support import preload  # noqa: F401  # all that it imports
from tests.support.windows import forked_there  # noqa: F401  # what is asked for stands in it

# Windows has no fork: how the streams of a process that was forked are opened is not played.
warnings.filterwarnings("ignore", category=EncodingWarning, module="analysis.machine.forks")
