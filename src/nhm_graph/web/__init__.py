"""The service: routes, pages, problems. FastAPI is used here and nowhere else."""
