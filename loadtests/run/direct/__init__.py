"""Before the first direct call: hosts that are not confirmed, what a dry run says, and one call to compare by."""
