"""The new text of a file, with only timeouts moved in it; its diff; and how it is written."""
