"""The files of a run: sample schema, call records, manifest. Standard library only: the load writes them."""
