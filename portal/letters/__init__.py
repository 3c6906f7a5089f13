"""Letters: which event is told to whom, in which words."""
