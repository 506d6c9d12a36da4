"""The trained models that ship, one folder each: `meta.json`, `pieces.tsv`, `network.onnx`."""
