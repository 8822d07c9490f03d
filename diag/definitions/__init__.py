"""Actions as files for `register` and `export`: read, validated before anything is sent, written from an org.

The form is the admin UI's export (JSON); TOML with the same keys is read too.
"""
