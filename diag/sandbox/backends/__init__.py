"""The backends of the sandbox's actions: where each is, and what its reply looks like."""
