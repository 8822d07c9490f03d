"""Rendering: templates and an input to a request, a reply to a result held against the contract."""
