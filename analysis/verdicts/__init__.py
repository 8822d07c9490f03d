"""From findings to the recommendation: which verdict and number, what it costs, its sentence, the next
command,
the JSON."""
