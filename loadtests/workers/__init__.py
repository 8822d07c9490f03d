"""One load on several processes: a master, its workers, and the rows between them."""
