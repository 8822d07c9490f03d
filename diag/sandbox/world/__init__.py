"""What the sandbox's org holds: actions, contracts, limits, permissions, tokens, jobs; from a scenario."""
