"""Tests of the HTTP room, over real sockets."""
