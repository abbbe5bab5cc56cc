"""What people say in a week: themes that are new, and questions that several ask. Pure."""
