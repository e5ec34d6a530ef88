"""The work of each application, a job at a time: with Headway as the application uses it, or with nothing in its place.

Both ways call the same work functions on the same input. What differs is the reporter that these are given.
"""
