"""Arrays of more values than memory should hold: kept on disk, walked piece by piece, put in order."""
