"""The interface for other systems: JSON, no account; docs/api.md says what it holds."""
