"""A recommendation becomes a plan, a plan is applied, journalled, undone, exported.

Read in this order: `plan` (what crosses the doorway), `planning` (the rules that make one from verdicts),
`machine` (one change, step by step), `apply` (a whole plan), `journal` (what was done), `undo` (a plan
back). Beside them: `by_hand` (a plan from a number somebody decided), `terraform` and `gc_cli` (the same
recommendation for people who change their org by other tools).
Nothing here prints; nothing here knows how the org is reached (`org.Org` is all it needs).
"""
