"""What the end-to-end tests share: a city of their own, and how its answers are read."""
