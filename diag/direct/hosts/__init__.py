"""Which hosts may be called directly: named by the person, by https, not by accident in a private network."""
