"""The image's own steps, without a container engine: what its Dockerfile copies, installs and starts, in a clean folder.

`python deploy/check/image.py .cache/image` carries out the stage `build` below that folder, then asks the program as
the last stage would start it. What only an engine can do (users, volumes, the base image) is left to the linter and
to the tests of the Dockerfile.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy/Dockerfile"


def instructions(text: str) -> list[tuple[str, str]]:
    """(instruction, arguments) in order, continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found = (line.partition(" ") for line in joined.splitlines() if line.strip())
    return [(name.upper(), rest.strip()) for name, _, rest in found]


def stages(text: str) -> list[list[tuple[str, str]]]:
    """The instructions of each stage, without its FROM."""
    found: list[list[tuple[str, str]]] = []
    for name, rest in instructions(text):
        if name == "FROM":
            found.append([])
        elif found:
            found[-1].append((name, rest))
    return found


def build(steps: list[tuple[str, str]], root: Path) -> None:
    """ENV, COPY and RUN with `root` in place of /.

    Raises:
        CalledProcessError: a step failed.
    """
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    environment |= {key: value for key, value in os.environ.items() if key.startswith(("PIP_", "SSL_"))}
    for name, rest in steps:
        if name == "ENV":
            environment |= dict(pair.split("=", 1) for pair in shlex.split(rest) if "NO_CACHE" not in pair)
        elif name == "COPY":
            *sources, target = rest.split()
            _copy(sources, root / target.lstrip("/"), whole=target.endswith("/"))
        elif name == "RUN":
            print(f"RUN {rest}", flush=True)
            here = re.sub(r"(?<!\S)/(?=opt/|src/|src\b)", f"{root}/", rest)
            # the image's python is the base of this environment, not the environment
            here = re.sub(r"^python(?=\s)", sys._base_executable, here)  # type: ignore[attr-defined] # noqa: SLF001 - what venv itself asks
            subprocess.run(["/bin/bash", "-euo", "pipefail", "-c", here], env=environment, check=True)


def _copy(sources: list[str], target: Path, *, whole: bool) -> None:
    for source in sources:
        place = target / source if whole else target
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, place)


def start(steps: list[tuple[str, str]], root: Path) -> None:
    """The entry point, with the image's environment, is asked for its version and its settings.

    Raises:
        CalledProcessError: it did not start.
        SystemExit: a setting of the image is not one, or it imports from this checkout.
    """
    (entry,) = (json.loads(rest) for name, rest in steps if name == "ENTRYPOINT")
    variables = [pair for name, rest in steps if name == "ENV" for pair in shlex.split(rest)]
    environment = {key: value for key, value in (pair.split("=", 1) for pair in variables) if key != "PATH"}
    program = root / "opt/kawat/bin" / entry[0]

    def ask(*arguments: str) -> str:
        done = subprocess.run(
            [program, *arguments], env=environment, cwd=root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    print(ask("--version"))
    story = ROOT / "consumers/demo/stories/05-sidang-jembatan.ninjs3.json"
    for model in ("rules", "fast", "accurate"):
        enriched = json.loads(ask("--set", f"model={model}", "process", str(story)))["enrichment"]
        print(
            f"model {model}: {len(enriched['entities'])} entities, {len(enriched['quotes'])} quotes in one story"
        )
        if not enriched["entities"] or not enriched["quotes"]:
            sys.exit(f"the model {model} is not in the image")
    shown = ask("config", "show")
    for variable in environment:
        if variable.startswith("KAWAT_") and variable not in shown:
            sys.exit(f"{variable} of the image is no setting")
    where = subprocess.run(
        [program.with_name("python"), "-c", "import consumers; print(consumers.__file__)"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    if not where.startswith(str(root)):
        sys.exit(f"the image's program is not its own: {where}")


def main() -> None:
    root = Path(sys.argv[1]).resolve()
    shutil.rmtree(root, ignore_errors=True)
    first, *_, last = stages(DOCKERFILE.read_text("utf-8"))
    build(first, root)
    start(last, root)


if __name__ == "__main__":
    main()
