"""Archives whose truth is known, and what page, mail, brief and JSON say of them."""
