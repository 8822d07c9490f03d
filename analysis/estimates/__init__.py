"""From one action's calls to what is known of it: warm-up, load levels, quantile and bound, coverage,
stability."""
