"""What people did beside posting: signatures, paper sheets, answers to the survey, visits."""
