"""What a run will do, decided before the first call: actions, inputs, rates within the limits, drafts of a
probe."""
