"""Actions as files: read, validated before anything is sent, and written from an org.

The form is the admin UI's export (JSON); TOML with the same keys is read too.
"""
