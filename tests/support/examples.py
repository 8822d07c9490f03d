"""How many examples a property gets: few in `make quick`, more in `make test`, many in `make thorough`."""

from typing import Final

from hypothesis import settings

TEST: Final = "test"
"""The profile of every run that names none."""
PROFILES: Final = {"quick": 20, TEST: 40, "thorough": 1000}
"""Examples of a property that says nothing of them, by the profile's name (`--hypothesis-profile`)."""
USUAL: Final = 100
"""What a property's own number stands beside: `examples(200)` draws twice as many as others do."""
FEWEST: Final = 30
"""A property keeps as many in `make test`, where it asks for as many."""


def register_profiles() -> None:
    """Make the profiles known, and take that of `make test`. A busy machine is slow, not wrong."""
    for name, many in PROFILES.items():
        settings.register_profile(name, deadline=None, max_examples=many)
    settings.load_profile(TEST)


def examples(many: int) -> int:
    """Return how many examples the profile gives a property that wants `many` where others get a hundred."""
    of_others = settings().max_examples
    scaled = max(1, many * of_others // USUAL)
    return scaled if of_others < PROFILES[TEST] else max(scaled, min(many, FEWEST))
