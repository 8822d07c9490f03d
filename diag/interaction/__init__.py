"""What verbs share on a terminal: options, tables and plans as text, asking for approval, the apply flow."""
