"""What a campaign tells beyond the terminal: series for a collector, messages to a webhook."""
