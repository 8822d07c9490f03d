"""The workload file: what to call, how fast, with what; read, checked and written. Locust is not needed
here."""
