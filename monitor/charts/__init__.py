"""Charts drawn as SVG on the server: laid out in one way for pages, pictures to share and the mail."""
