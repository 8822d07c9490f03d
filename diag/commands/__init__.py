"""The verbs, one file each: read the settings, call the rooms, hand the result to the console."""
