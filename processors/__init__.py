"""Text in, records out. Pure: no Kafka, no clock, no network, no global state."""
