"""Ways of foretelling what customers will buy."""
