select key from headway.job where status in ('pending', 'running', 'waiting')
