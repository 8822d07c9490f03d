"""The report in other forms: Markdown, CSV, PNG, terminal."""
