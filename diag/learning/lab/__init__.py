"""What an experiment has at hand: the draft under test, the requests left, and the facts it may find."""
