"""The state that nights leave: manifests, new files, failures, archives."""
