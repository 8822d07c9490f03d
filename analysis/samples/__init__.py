"""From files to one table of calls: run folders, segments, Parquet, CSV."""
