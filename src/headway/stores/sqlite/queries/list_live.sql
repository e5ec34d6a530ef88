select key from job where status in ('pending', 'running', 'waiting')
