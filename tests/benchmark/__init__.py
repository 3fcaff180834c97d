"""What pages cost beside a floor and beside what one would pick instead: `python -m tests.benchmark`, decision 0027.

The rivals need the dependency group "benchmark", and no test imports them.
"""
