"""The command line: arguments, exit codes, signals, progress, and the `discretion` command."""
