"""Numbers for reading, not for deciding: tables small enough to draw, breakdowns, two runs compared."""
