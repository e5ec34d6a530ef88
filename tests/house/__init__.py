"""The room of the rules that the whole tree obeys, whichever room a file stands in."""
