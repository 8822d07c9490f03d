"""A chart with its words, key and numbers: which charts an action's data allow."""
