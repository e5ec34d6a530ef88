"""The proofs that hints arrive soon, and that nothing depends on them."""
