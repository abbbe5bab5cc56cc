"""Pictures that show the campaign's infographic: fetched where that is allowed, and read for its code."""
