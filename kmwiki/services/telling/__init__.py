"""Who is told of what happened, and how: in the site, by mail, by messages to other programs."""
