"""Every action of an org as one row: read once, filtered by `--where`, sorted, shown by `scan`."""
