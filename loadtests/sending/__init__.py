"""One call after the other: schedule, streams, transport, outcome."""
