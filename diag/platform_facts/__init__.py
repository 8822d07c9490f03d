"""What the platform itself answered where nobody has documented it: the facts, and their file."""
