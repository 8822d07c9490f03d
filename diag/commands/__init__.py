"""One file per verb: read the settings, call the rooms, hand the result to the console."""
