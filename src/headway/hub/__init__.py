"""The room where stored changes fan out to everybody who watches: read once, encoded once, written to all."""
