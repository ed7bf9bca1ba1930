"""Pages of what people were told, and what they allowed."""
