"""Looks at everything that a part of Kawat needs, one thing after the other: settings, brokers, machine."""
