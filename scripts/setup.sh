# Sourced by the other scripts: makes .venv with the locked packages, once, and puts it on PATH.
set -euo pipefail
# Containers often set it. Without compiled modules, each command spends twice the time to start.
unset PYTHONDONTWRITEBYTECODE
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

_setup_python() {
    local candidate
    for candidate in python3.11 python3 python3.12 python3.13; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "setup: install Python 3.11 or newer, and run this again" >&2
    return 1
}

_setup_pip() {
    "$ROOT/.venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

_setup_uv() {
    VIRTUAL_ENV="$ROOT/.venv" "$ROOT/.venv/bin/uv" pip install --quiet "$@"
}

# Installs the packages and the project with the installer in $1.
_setup_install() {
    "$1" --require-hashes -r "$ROOT/scripts/requirements.lock" &&
        "$1" --no-deps --no-build-isolation --editable "$ROOT"
}

_setup_venv() {
    local python want log
    want="$(cat "$ROOT/scripts/requirements.lock" "$ROOT/pyproject.toml" | cksum)"
    [ "$(cat "$ROOT/.venv/.complete" 2>/dev/null)" = "$want" ] && return
    python="$(_setup_python)"
    echo "setup: making .venv with the locked packages (only once; takes about half a minute)" >&2
    rm -f "$ROOT/.venv/.complete"
    log="$(mktemp)"
    if ! "$python" -m venv --clear "$ROOT/.venv" >"$log" 2>&1; then
        echo "setup: $python cannot make a virtual environment (is python3-venv installed?): $(tail -1 "$log")" >&2
        return 1
    fi
    # uv installs in a few seconds what takes pip a minute. It doesn't know the mirrors that pip is
    # configured for, so if it fails, pip tries.
    if ! { _setup_pip -r "$ROOT/scripts/installer.lock" && _setup_install _setup_uv; } >"$log" 2>&1 &&
        ! _setup_install _setup_pip >"$log" 2>&1; then
        echo "setup: cannot install the packages: $(grep -i error "$log" | tail -1)" >&2
        return 1
    fi
    rm -f "$log"
    echo "$want" >"$ROOT/.venv/.complete"
}

# If two run at once, the second waits for the first.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$ROOT/.setup.lock"
    flock 9
    _setup_venv
    exec 9>&-
else
    _setup_venv
fi
export PATH="$ROOT/.venv/bin:$PATH"
