"""What keeps a cluster from starting."""


class ClusterError(Exception):
    """A problem that the user can act on; the message is one line."""
