"""Pure functions over tables: from samples to a verdict per action.

No network, no printing, no drawing. `schema`, `record` and `run_folder` need only the standard
library, because the load process imports them and must stay small.

The way of a sample, one file a step (statistics, section D):

    reading (segments, sample_file, table_builder)  files -> table
    calls                classify: ended, cut off, refused        step 1
    clock                dispatch or planned start, overhead      step 2
    levels, judged_levels    load levels are never pooled         step 3
    warmup                                                        step 4
    counts, survival     Kaplan-Meier on 1-ms counts              step 5
    design_effect, bounds, estimate                               steps 6, 7, 10
    time_coverage        how much of the backend's life           step 8
    stability            halves, runs, days that disagree         step 9
    verdict, shortfall   the first verdict that holds             step 11
    reason, cautions, cost   what people are told
    recommend            all of it, action by action

Beside it: settled (when to stop measuring), production and resemblance (telemetry instead of a test),
compare with counted and slow_share (two runs), summarise, breakdowns and production_summary (what the
report draws).
"""
