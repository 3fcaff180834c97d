"""The project, and the platform that every feature stands on."""
