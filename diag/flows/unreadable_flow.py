"""What is raised where a flow cannot be read: its text says why, and quotes nothing of the flow."""


class UnreadableFlowError(Exception):
    """Raised for what is not a flow in any form that is known."""
