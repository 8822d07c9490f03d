"""The examples under a verb's help, one per line whatever the terminal's width."""


def examples(*commands: str) -> str:
    """Return the epilog of a verb that shows these command lines."""
    return "\b\nExamples:\n" + "".join(f"  {command}\n" for command in commands)
