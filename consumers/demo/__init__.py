"""The whole flow on this machine: an embedded broker, a worker, stories of our own, and what comes of them."""
