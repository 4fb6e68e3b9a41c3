"""The data that spinfix ships: see README.md beside this file."""
