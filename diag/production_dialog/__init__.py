"""What production says of its actions, as `diag observe` shows it: on a terminal, or in a file."""
