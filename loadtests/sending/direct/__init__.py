"""Calls to backends themselves: each action's own request, one strict deadline, bounded replies, a trace."""
