"""Which actions are called, with which inputs, and in a campaign's window how often: a plan's own choices."""
