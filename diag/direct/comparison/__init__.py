"""Our rendering held against the request as the platform resolved it: where they differ, never a value."""
