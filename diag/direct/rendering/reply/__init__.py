"""A backend's reply to an action's result: JSON, translation map, success template, output contract."""
