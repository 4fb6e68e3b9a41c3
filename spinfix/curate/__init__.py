"""What people do with dictionaries: import, check, look up, add, merge, compare, judge."""
