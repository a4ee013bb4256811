"""People and how they come in: accounts, sessions, passwords, invitations, second factors, leaving."""
