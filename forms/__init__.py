"""The questions: definitions become forms, forms become answers."""
