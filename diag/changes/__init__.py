"""A recommendation becomes a plan; a plan is applied, journalled, undone, exported.

Read in this order: `plans` (what will be changed, and the rules that decide it), `applying` (one change,
step by step), `journal` (what was written), `undo_plan` (a plan back), `exports` (the same for people who
change their org by other tools). Nothing here prints, and nothing here knows how the org is reached:
`applying/org.py` says all it needs.
"""
