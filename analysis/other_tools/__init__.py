"""Files of other load tools, and access logs: their text, units, labels and outcomes; nothing is guessed."""
