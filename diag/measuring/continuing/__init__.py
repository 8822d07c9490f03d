"""Runs that go on in their own folder: soaks, top-ups, and what a stopped process left behind."""
