"""What stays of a table that was read: no call twice, one run for one source, ids that a report may show."""
