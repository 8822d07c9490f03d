"""A recommendation as Terraform or as a gc CLI script, for those who change the org by other tools."""
