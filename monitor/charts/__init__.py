"""Charts drawn as SVG on the server: x in percent, y in pixels, colours by class only."""
