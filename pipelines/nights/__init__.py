"""The state of the nights: manifests, new files, failures, archives."""
