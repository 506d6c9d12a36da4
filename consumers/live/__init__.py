"""The live page: stories as they come over the wire, in a browser (docs/live.md). It reads, and changes nothing."""
