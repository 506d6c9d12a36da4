"""Writes config/contracts from the records, topics and headers: `python -m consumers.contracts [--check]`."""

from __future__ import annotations

import sys

from consumers.contracts.files import FOLDER, contents
from consumers.contracts.generated import command

sys.exit(command(FOLDER, contents(), whole=True, about=__doc__))
