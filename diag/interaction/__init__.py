"""What verbs share on a terminal: options, examples, tables and verdicts as text, where a result goes."""
