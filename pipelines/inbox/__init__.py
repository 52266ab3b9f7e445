"""The watch's inbox: what has come, in which batch, and what is said of it."""
