"""Our rendering held against the request as the platform resolved it: where they differ, and never a value."""
