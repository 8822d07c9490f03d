"""What a person is shown and told of an edit of Terraform configuration, and the order of its steps."""
