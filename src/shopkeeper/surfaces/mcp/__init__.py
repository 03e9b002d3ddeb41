"""The shop for assistants: every verb as a tool of the Model Context Protocol."""
