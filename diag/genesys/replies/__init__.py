"""Whether a reply can be believed: whole, fresh, of its kind; and what an error reply says."""
