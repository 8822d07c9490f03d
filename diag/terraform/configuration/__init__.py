"""Folders of configuration as Terraform sees them: files, override files, modules and the calls of them."""
