"""The room of the proofs about the documentation: what a page tells to do is done, and what it shows comes."""
