"""Python reads this at its start where this folder is on PYTHONPATH: the project's code then sees Windows."""

from tests.support.windows.pretence import begin

begin()
