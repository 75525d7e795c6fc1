"""Editions: made once, shown as they were issued, compared with each other. data.editions says what one is."""
