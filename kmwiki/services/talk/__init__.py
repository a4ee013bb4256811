"""What is said: comments, questions to the people behind a page, reports."""
