"""What damage does to an archive: rows that changed by themselves, found and mended."""
