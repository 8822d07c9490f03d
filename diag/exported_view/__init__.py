"""The CSV that a supervisor exports from the Data Actions performance view, for those without API rights."""
