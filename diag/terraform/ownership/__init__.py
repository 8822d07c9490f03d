"""From an action to the one place that sets its timeout in the configuration, and who else reads it."""
