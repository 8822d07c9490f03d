"""The workload file: what to call, how fast, with which inputs; read, checked, written; an org's limits."""
