"""Which charts an action's data allow, each with its title, key, text and table of values."""
