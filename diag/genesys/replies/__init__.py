"""Whether a reply can be believed: whole, fresh, of its kind; what an error reply says, what a test
call gave, which permissions are granted."""
