"""The report in other forms: Markdown, CSV, PNG, text for a terminal."""
