"""The sandbox as an HTTP server: process, sockets, and middleware."""
