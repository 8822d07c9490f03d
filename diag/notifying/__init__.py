"""`--notify`: one message to a webhook when something changed since the last one, and never a failed run."""
