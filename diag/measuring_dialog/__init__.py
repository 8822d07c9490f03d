"""What `diag measure` asks and shows: the load that is asked for, its progress, the run once it is over."""
