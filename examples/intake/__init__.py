"""The intake room: a file is filed step by step and sent on to where it should be, with a record of every event."""
