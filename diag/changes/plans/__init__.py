"""What will be changed, on which evidence: plans and their files."""
