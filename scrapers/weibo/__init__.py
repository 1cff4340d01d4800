"""Reads Weibo by three transports: the mobile JSON, the search page, the official API."""
