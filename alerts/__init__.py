"""Decides what deserves an alert and tells people over channels."""
