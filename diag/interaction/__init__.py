"""What several verbs share on a terminal: options, plans and tables as text, asking, the apply flow."""
