"""What a run leaves on disk: each call at once, the manifest, the generator's own lag and its grade."""
