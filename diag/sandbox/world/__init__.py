"""What the sandbox's org holds: scenario, actions, limits, permissions, tokens."""
