"""Tables of TOML files as dataclasses, by which they are read and their schemas drawn."""
