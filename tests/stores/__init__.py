"""The room of the proof that every store does what the protocol says, and does it alike."""
