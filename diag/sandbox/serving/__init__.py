"""The sandbox as an HTTP server: process, sockets, middleware, and the faults put into replies."""
