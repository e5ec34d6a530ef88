"""The room of the proofs about the JavaScript client: in Node against real servers, and in a real browser."""
