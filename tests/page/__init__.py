"""The room of the proofs about the page, all of them in a real browser."""
