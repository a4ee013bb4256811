"""Published pages: finding, reading and searching them, and looking after them."""
