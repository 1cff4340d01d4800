"""Reads X by its recent-search API."""
