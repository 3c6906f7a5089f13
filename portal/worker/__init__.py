"""Celery: the scheduler's ticks and the tasks; a task carries ids and calls one command."""
