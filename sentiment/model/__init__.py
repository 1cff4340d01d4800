"""The shipped model: hashed n-grams, a small network, and what people taught it."""
