"""A scorer that asks somebody else's language model over an OpenAI-compatible interface."""
