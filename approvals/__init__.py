"""The heart: commands over records, steered by the chain and the clock."""
