"""The school's student overview, the student's profile, and the group each employee follows."""
