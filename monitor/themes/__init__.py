"""What people say in a week that they did not say before, and what they ask. Pure."""
