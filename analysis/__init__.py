"""Pure functions over tables: from calls to a verdict per action.

No network, no printing, no drawing. `analysis.format` needs only the standard library, because the load
process imports it and must stay small.

The path of a call, one folder per stage (docs/method.md, "From calls to a number"):

    format        the call on disk: columns, record, segments, run folder
    samples       files to a table, a table to arrays: ended, cut off or refused
    statistics    Kaplan-Meier, exact bounds, design effect, interim looks: knows no actions
    estimates     clock, load levels, warm-up, quantile and bound, time coverage, stability
    verdicts      the first verdict that holds, its timeout, its cost, its sentence, the next command

Beside it: `stopping` (when a running measurement has enough calls), `production` (telemetry instead of a
test), `jobs` (work that is polled for), `views` (what a report draws; two runs compared).
"""
