"""The record itself: where it lies, what its rows are, how it is opened. Knows neither who writes nor who reads."""
