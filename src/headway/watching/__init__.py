"""The room of those who watch inside their own process: `subscribe`, and a mirror of jobs that are often looked at."""
