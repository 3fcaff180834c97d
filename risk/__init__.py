"""Companies record their students' dropout risk: assessments, the current one, and the company's overviews."""
