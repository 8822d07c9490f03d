"""The person's own git: where the working tree is, and a branch with one commit of the edited files."""
