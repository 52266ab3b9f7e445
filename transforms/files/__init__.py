"""Files by their literal names, on a disk or in an object store: found, read, and written whole."""
