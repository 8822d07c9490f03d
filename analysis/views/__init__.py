"""Tables small enough to draw, and the comparison of two runs."""
