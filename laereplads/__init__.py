"""The project, and the core that the features stand on."""
