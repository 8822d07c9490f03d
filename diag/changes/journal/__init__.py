"""What was written to an org, on disk before it is sent."""
