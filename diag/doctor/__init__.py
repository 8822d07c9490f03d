"""`diag doctor`: each check is a value with its result and, when it failed, the fix."""
