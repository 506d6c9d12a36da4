"""Known vulnerabilities of locked dependencies, by pip-audit: `python -m bench.vulnerabilities requirements.lock`.

pip-audit ends well when it could look nothing up. Here that is an end of its own: what was not asked is not known.
Exit codes: 0 none is known, 1 some are, 2 some dependencies could not be looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

TIMEOUT_S = 300


class AuditFailed(RuntimeError):
    """pip-audit gave no answer; the message is the end of what it said."""


@dataclass
class Findings:
    """What is known of how many dependencies; `vulnerable` holds a line for each vulnerability."""

    looked_up: int = 0
    not_looked_up: list[str] = field(default_factory=list)
    vulnerable: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return 1 if self.vulnerable else 2 if self.not_looked_up else 0

    def lines(self) -> Iterable[str]:
        yield from self.vulnerable
        yield f"{self.looked_up} dependencies looked up, {len(self.vulnerable)} known vulnerabilities"
        if self.not_looked_up:
            some = ", ".join(self.not_looked_up[:5]) + (", ..." if len(self.not_looked_up) > 5 else "")
            yield (
                f"{len(self.not_looked_up)} could not be looked up ({some}): nothing is known of these. Does the package "
                "index that pip is set up with serve vulnerabilities, as the public one does?"
            )


def findings(report: dict[str, Any]) -> Findings:
    """From pip-audit's report."""
    found = Findings()
    for dependency in report["dependencies"]:
        if "skip_reason" in dependency:
            found.not_looked_up.append(dependency["name"])
            continue
        found.looked_up += 1
        for vulnerability in dependency["vulns"]:
            fixed = ", ".join(vulnerability["fix_versions"]) or "nothing yet"
            name = f"{dependency['name']} {dependency['version']}"
            found.vulnerable.append(f"{name}: {vulnerability['id']}, mended in {fixed}")
    return found


def audit(lock: str) -> Findings:
    """Ask about every pin of a lock.

    Raises:
        AuditFailed: no answer at all.
    """
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes", "--disable-pip"]
    done = subprocess.run(
        [*command, "--format", "json", "--progress-spinner", "off"],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    try:
        return findings(json.loads(done.stdout))
    except json.JSONDecodeError:
        raise AuditFailed((done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]) from None


def main() -> None:
    worst = 0
    for lock in sys.argv[1:]:
        try:
            found = audit(lock)
        except AuditFailed as error:
            print(f"{lock}: {error}", file=sys.stderr)
            worst = max(worst, 2)
            continue
        for line in found.lines():
            print(f"{lock}: {line}")
        worst = 1 if 1 in (worst, found.exit_code) else max(worst, found.exit_code)
    sys.exit(worst)


if __name__ == "__main__":
    main()
