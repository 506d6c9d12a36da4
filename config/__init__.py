"""What can be changed without touching code: settings, topics, outlets, contracts."""
