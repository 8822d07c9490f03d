"""What one part writes and another reads: sample columns, the record of a call, manifest, names of files.
Standard library only.

The load process imports this folder and no other of `analysis`. Layouts: docs/formats.md.
"""
