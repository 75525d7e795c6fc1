"""Compares the captures of one page in time: versions, changes, disappearances."""
