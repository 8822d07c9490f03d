"""Before the first direct call: unconfirmed hosts, what a dry run says, and one call to compare by."""
