"""What one action's calls show: clock, load level, warm-up, p99 with its bound, time coverage, stability
and the calls still missing."""
