"""Process mining: what really happened to finished applications, as a graph. Pure."""
