"""Proposals for outlets' profiles before a person: what each would change, tried on stories, accepted or rejected."""
