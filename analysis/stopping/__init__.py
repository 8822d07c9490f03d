"""When a running measurement has enough calls: settled, hopeless, or how many more."""
