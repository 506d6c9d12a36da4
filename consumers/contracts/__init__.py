"""What downstream services may rely on: JSON Schemas and AsyncAPI, generated from the records and topics.

`python -m consumers.contracts` writes them to `config/contracts`, with `--check` it compares.
"""
