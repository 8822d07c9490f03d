"""Analytics of actions: executions counted by duration, or one by one, and words for how they ended."""
