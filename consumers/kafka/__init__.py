"""Access to Kafka: getting in, being allowed to, asking; and the broker inside a package."""
