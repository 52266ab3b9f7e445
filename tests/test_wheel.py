"""The wheel, which is how the code reaches the workers of a cluster."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("pipelines", "schemas", "transforms")


def test_the_wheel_has_every_file_and_runs_from_an_empty_environment(tmp_path: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", *PACKAGES, "pyproject.toml", "README.md"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    # A build leaves files beside the sources.
    for name in tracked:
        (tmp_path / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "src" / name).write_bytes((ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, *build, "--wheel-dir", str(tmp_path), str(tmp_path / "src")], check=True)
    [wheel] = tmp_path.glob("*.whl")
    packed = zipfile.ZipFile(wheel).namelist()
    assert {name for name in packed if name.startswith(PACKAGES)} == {
        name for name in tracked if name.startswith(PACKAGES)
    }

    env = tmp_path / "env"
    venv.create(env)
    python = env / "bin/python"
    install = ["--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([*pip, *install], check=True)
    [packages] = env.glob("lib/*/site-packages")
    # The packages that it needs, but not the checkout, which is installed among them.
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for words, said in (("rulebook list", "ice-2011-11-17"), ("worker", "--engine")):
        done = subprocess.run(
            [env / "bin/discretion", *words.split()], cwd=tmp_path, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert said in done.stdout + done.stderr
    where = "import pipelines.engines.job as it; print(it.__file__)"
    found = subprocess.run([python, "-c", where], cwd=tmp_path, capture_output=True, text=True,
                           check=True)  # fmt: skip
    assert found.stdout.startswith(str(packages))
