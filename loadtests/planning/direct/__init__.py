"""Direct calls of a plan: what was asked for, their hosts and credentials, and confirmed rates."""
