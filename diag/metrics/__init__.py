"""`--metrics FILE`: what `check`, `watch` and `tune` found, as series for Prometheus, and their file."""
