"""The proof that the rules hold, written from what Headway promises and not from how the rules are coded."""
