"""Settings that all tests share."""

import os

import hypothesis

# Damaged bytes make Rust panic on purpose; its backtraces would fill the screen and take long.
os.environ["RUST_BACKTRACE"] = "0"

# Benchmarks measure time; a busy machine isn't a failure.
hypothesis.settings.register_profile("untimed", deadline=None, max_examples=30)
# By hand: pytest --hypothesis-profile thorough
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=400)
hypothesis.settings.load_profile("untimed")
