"""What `servicehost doctor` looks at: one file a subject. What a check asks of the world is an argument."""
