"""What operators send once more: dead letters and raw records."""
