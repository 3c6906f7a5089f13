"""The office side: a department's queue and the desk of one step."""
