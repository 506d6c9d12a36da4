"""The edge: Kafka, processes, HTTP, the command line."""
