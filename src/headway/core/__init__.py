"""The rules: what a job is, what may happen to it, and what then is true.

Pure and standard library only: no clock, no I/O, no async, no logging. Time, ids and randomness come in as arguments.
"""
