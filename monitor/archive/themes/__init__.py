"""What posts say, as the archive has it by week."""
