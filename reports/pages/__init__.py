"""The HTML pages (report, comparison, index of runs) and the JSON that holds their every number."""
