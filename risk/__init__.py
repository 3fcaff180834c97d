"""Companies record their students' dropout risk: assessments, the current one, and the table of companies' lists."""
