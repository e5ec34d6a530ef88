"""The worker's side: handles that report, and the roles that bring their reports to a store. Standard library only."""
