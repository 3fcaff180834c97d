"""What one would pick instead of the overview; needs the dependency group "benchmark", and no test imports it."""
