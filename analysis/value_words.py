"""What kind of value something is, in words that hold nothing of it."""

from datetime import date, time


def kind_of_value(value: object) -> str:
    """Return "null", "a number", "text of 5 characters", "a list of 3", "a table of values"."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return f"text of {len(value)} characters"
        case list():
            return f"a list of {len(value)}"
        case date() | time():
            return "a date or time"
        case _:
            return "a table of values"
