"""HCL and Terraform's JSON as blocks, attributes and expressions that know where in the text they stand."""
