"""What a run leaves on disk: calls, manifest, and how the generator itself did."""
