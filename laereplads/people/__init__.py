"""The parties and what binds them: students, companies, workplaces, schools, educations and agreements."""
