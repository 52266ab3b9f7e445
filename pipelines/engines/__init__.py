"""Engines that run a pipeline outside this process: Flink, and Beam's own Prism."""
