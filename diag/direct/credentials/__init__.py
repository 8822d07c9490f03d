"""Credentials of backends: from the environment or the person's own file; named when missing, never kept."""
