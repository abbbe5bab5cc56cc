"""The platforms, a module or a folder each; none knows another. What they share is in `sources.shared`."""
