"""What stays of what was read: no call twice, one run for one source, one clock, ids that may be shown."""
