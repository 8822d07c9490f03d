"""Which moments the calls show: separate windows, and the hours of the week in which production calls."""
