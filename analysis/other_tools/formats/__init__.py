"""One file a format of another tool: its rows as calls of ours."""
