"""Companies report rejections of applicants: for statistics only, written once, the applicant kept apart."""
