"""A suggestions box: a folder of letters becomes titled proposals and a tree of them, live for all of a project."""
