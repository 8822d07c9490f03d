"""What a run leaves on disk: rows, manifest, and how the generator itself did."""
