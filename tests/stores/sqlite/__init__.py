"""The room of what only a file can suffer: other processes, forks, locks, faults of the disk, old and foreign files."""
