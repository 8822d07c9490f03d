"""Windows, as far as a POSIX kernel can play it, for the project's own code and for nothing else.

A process with `tests/support/windows` on PYTHONPATH (`environment_there`) runs the project's modules with
modules of a Windows Python in place of `os`, `sys`, `signal` and their like (`system_modules`), and so does
every process it starts. Libraries (gevent, locust, httpx, uvicorn, psutil) see the real system: theirs is for
their makers to prove.

What is played: POSIX modules cannot be imported, and functions that Windows lacks are not there; descriptors
are in text mode unless O_BINARY is asked for; a folder cannot be opened; a file that anybody has open is
neither replaced nor deleted; only what may be written can be fsync-ed; locks are those of LockFileEx (per
handle, on Linux's OFD locks); a parent's number never changes and is none of ours; a process is ended by
force only, or by Ctrl-Break; redirected output is cp1252 and strict; neither uvloop nor httptools is there.

Stricter than Windows: its Python ignores `start_new_session`, and since 3.11.5 starts a process with an empty
environment.

What is not: paths with backslashes and drives, names that Windows reserves or takes for equal, its timers,
its network errors, mandatory locks, consoles, launchers of virtual environments, jobs.
"""
