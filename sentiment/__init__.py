"""Turns text into a verdict; pure, knows nothing of platforms, brands' settings or alerts."""
