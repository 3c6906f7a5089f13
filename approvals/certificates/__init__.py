"""Certificates: content becomes paper, is sealed and entered in the register."""
