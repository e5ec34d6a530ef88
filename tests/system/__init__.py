"""The room for what only whole programs together can show: servers, workers, clients, and a database that breaks."""
