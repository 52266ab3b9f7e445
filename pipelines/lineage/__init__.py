"""Events about runs, in the format of OpenLineage, for a catalog that follows data."""
