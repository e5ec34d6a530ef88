"""Where the terminal reads jobs and asks for things: a store that it opens itself, or a server."""
