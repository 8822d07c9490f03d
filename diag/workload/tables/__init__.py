"""The tables of a workload file, key by key."""
