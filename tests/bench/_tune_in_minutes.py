"""`diag tune` whose windows follow each other within seconds: what takes days takes minutes here.

Only the shortest times that a campaign allows itself are shorter; processes, files and calls are real.
"""

import sys

from diag.campaign import campaign, next_step, span, what_to_measure, when_next_window

STRATUM_S = 5.0


def hurry() -> None:
    """Let a campaign be as short as a few strata of five seconds, and its calls follow each other closely."""
    for modules, name, value in (
        ((span, what_to_measure), "SHORTEST_S", 10.0),
        ((campaign, when_next_window), "SHORTEST_STRATUM_S", STRATUM_S),
        ((next_step, when_next_window), "WINDOW_GAP_S", 0.5),
        ((campaign,), "FASTEST_GAP_S", 0.05),
    ):
        for module in modules:
            vars(module)[name] = value


if __name__ == "__main__":
    from diag.cli import run

    hurry()
    sys.exit(run(sys.argv[1:]))
