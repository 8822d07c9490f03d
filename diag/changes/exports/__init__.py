"""A recommendation as Terraform, as gc CLI script, or as comment, for who changes the org by other tools."""
