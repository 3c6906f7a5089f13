"""The chain, pure: who must still decide."""
