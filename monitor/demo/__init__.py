"""The demonstration: stand-in platforms, sample posts, and the real service against them."""
