"""What a run will do, decided before the first call."""
