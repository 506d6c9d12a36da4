"""What workers are doing right now, by what they say on their metrics' ports."""
