"""The JSON Schemas of diag's files and of what its verbs print, drawn from the code and shipped with it."""
