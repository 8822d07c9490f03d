"""The experiments of `diag doctor --learn`, a file a family: writes, test calls, lists, routes, analytics."""
