"""A measurement spread over hours or days (`diag tune`): what to do next, as pure functions of what was done
and the time; its folder; and the loop that makes one window after the other."""
