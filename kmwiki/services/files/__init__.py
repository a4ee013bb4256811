"""Files: taken in, put on changes, given out, cared for."""
