"""Making the calls: when each is due, places in flight, socket, token, outcome; and the jobs they submit."""
