"""What all tests share."""

import os

import hypothesis

# Damaged bytes make Rust panic on purpose; its backtraces would fill the screen, and take long.
os.environ["RUST_BACKTRACE"] = "0"

# Time is a benchmark's business, and a busy machine is no failure.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
