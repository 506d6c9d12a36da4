"""Draws the dashboards: `python deploy/grafana/picture/draw.py DATA OUT`, with what `bench.panels --save DATA` kept.

Needs npm (for Grafana's components) and Chromium. Writes OUT/dashboard-NAME.png.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[2] / ".cache/dashboard-picture"
COLUMN, ROW, HEAD = 64, 38, 70  # pixels, as in page.jsx
PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css">
<style>body {{ margin: 0 }} * {{ animation: none !important; transition: none !important }}</style>
<div id="root"></div><script src="{data}"></script><script src="page.js"></script>
"""
LOADERS = (".svg", ".woff2", ".ttf", ".png")


def program(*names: str) -> str:
    """The first that is there; ends with a hint if none is."""
    for name in names:
        if path := shutil.which(name):
            return path
    sys.exit(f"{' or '.join(names)} is not on the PATH")


def bundle() -> Path:
    """The page's script and style, made once from npm's packages."""
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "page.jsx"):
        shutil.copy(HERE / name, CACHE)
    install = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    subprocess.run([program("npm"), *install], cwd=CACHE, check=True)
    subprocess.run(
        [
            str(CACHE / "node_modules/.bin/esbuild"),
            *("page.jsx", "--bundle", "--minify", "--format=iife", "--outfile=page.js", "--jsx=automatic"),
            '--define:process.env.NODE_ENV="production"',
            *(f"--loader:{kind}=dataurl" for kind in LOADERS),
        ],
        cwd=CACHE,
        check=True,
    )
    return CACHE


def draw(data: Path, out: Path) -> None:
    """One picture of one dashboard."""
    shown = json.loads(data.read_text("utf-8").removeprefix("window.KAWAT = ").rstrip(";\n"))
    places = [panel["gridPos"] for panel in shown["dashboard"]["panels"]]
    height = HEAD + ROW * max(place["y"] + place["h"] for place in places)
    page = CACHE / f"{data.stem}.html"
    shutil.copy(data, CACHE)
    page.write_text(PAGE.format(data=data.name), "utf-8")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                program("chromium", "chromium-browser", "google-chrome"),
                *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                f"--user-data-dir={profile}",
                "--allow-file-access-from-files",
                "--virtual-time-budget=15000",
                f"--window-size={24 * COLUMN + 16},{height}",
                f"--screenshot={out}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )
    print(f"drew {out}")


def main() -> None:
    data, out = (Path(argument).resolve() for argument in sys.argv[1:3])
    bundle()
    for one in sorted(data.glob("*.js")):
        draw(one, out / f"dashboard-{one.stem}.png")


if __name__ == "__main__":
    main()
