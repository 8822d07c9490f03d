"""Pure functions over tables: from samples to a verdict per action.

No network, no printing, no drawing. `schema`, `record` and `run_folder` need only the standard
library, because the load process imports them and must stay small.
"""
