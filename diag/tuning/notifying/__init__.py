"""A campaign beyond the terminal: series for a collector, messages to a webhook."""
