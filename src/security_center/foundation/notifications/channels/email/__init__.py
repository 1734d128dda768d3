"""E-mail: by the school's own mail server, or in the demonstration into a folder."""
