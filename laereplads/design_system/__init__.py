"""Det Fælles Designsystem for Django: form fields, error summary, badges, icons. Knows no domain."""
