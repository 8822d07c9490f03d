"""The sandbox as an HTTP server: process, middleware, fault injection, page."""
