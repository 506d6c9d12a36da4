"""Exactly once: what happens to the records of one input partition, and what is kept of them."""
