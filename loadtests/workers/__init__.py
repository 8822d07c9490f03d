"""One load on several processes: master, workers, the messages and the calls between them."""
