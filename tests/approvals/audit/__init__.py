"""The trail: its chains, its checkpoints and what finds that they do not hold."""
