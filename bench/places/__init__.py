"""How well the places that a post names are found."""
