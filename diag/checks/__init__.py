"""For CI: an analysis judged by rules, and the two formats build servers read (JUnit XML, annotations)."""
