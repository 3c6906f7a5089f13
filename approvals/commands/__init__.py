"""The verbs, one file each: permit, compute, change, record, announce."""
