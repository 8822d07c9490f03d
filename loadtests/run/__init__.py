"""A run from Locust's first event to the last line of its manifest."""
