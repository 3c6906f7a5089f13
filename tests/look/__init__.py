"""The look: every part drawn with sample data, and the contrast of its colours."""
