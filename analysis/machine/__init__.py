"""What operating systems do differently: opened files, locks, processes, streams, ports, clocks. Nothing else
asks which system it runs on.

A test holds that (tests/test_on_windows.py). What is said of Windows was read in its documentation and in
CPython's source, and was run with POSIX hidden (tests/support/windows/), not on a Windows machine. Whether
the machine is a build server is asked here, too.
"""
