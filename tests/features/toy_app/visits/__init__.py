"""When somebody of the school visits a student at the workplace: a toy, to show what a feature must decide."""
