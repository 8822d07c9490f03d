"""The sandbox's API about actions: read and written, their drafts and functions, and running them."""
