"""Reading: run folders, segments, Parquet and CSV become one table of calls; each call is ended, cut off or
refused."""
