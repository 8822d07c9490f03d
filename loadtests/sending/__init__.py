"""One call after the other: schedule, places in flight, transport, outcome; and the jobs they submit."""
