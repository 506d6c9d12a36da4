"""What a worker tells of itself: metrics, health, logs, traces."""
