"""What builds, checks and marks the book. A reader's notebook never imports it."""
