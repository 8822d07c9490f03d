"""The record of every write to an org, on disk before it is sent; the backup a restore needs."""
