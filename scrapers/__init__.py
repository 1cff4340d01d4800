"""Reads posts from the platforms; knows nothing of brands, verdicts or alerts."""
