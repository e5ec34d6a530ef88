"""How processes tell each other that something was written: hints over a bus, never the data, and never needed.

A store makes a `Notifier` (told after every commit), and a `Listener` for each of its watchers. Both work on whatever
bus was chosen; where hints do not arrive, a watcher looks every second by itself.
"""
