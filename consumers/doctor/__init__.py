"""Looks at everything that a worker needs, one thing after the other: settings, brokers, machine."""
