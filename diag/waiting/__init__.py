"""What a person sees who waits for something that takes long."""
