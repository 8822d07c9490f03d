"""A recommendation becomes a plan, a plan is applied, journalled, undone, exported.

Read in this order: `plan` (what crosses the doorway), `planning` (the rules that make one), `machine`
(one change, step by step), `apply` (a whole plan), `journal` (what was done), `undo` (a plan back).
Nothing here prints; nothing here knows how the org is reached (`org.Org` is all it needs).
"""
