"""Imports keep to the floors that setup.cfg draws (docs/architecture.md)."""

import subprocess
import sys
from pathlib import Path


def test_each_floor_imports_from_those_below_it_only() -> None:
    program = Path(sys.executable).parent / "lint-imports"

    done = subprocess.run(
        [program, "--no-cache"], cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0, done.stdout[-4000:]
