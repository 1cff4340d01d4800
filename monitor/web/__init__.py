"""The console and the REST API."""
