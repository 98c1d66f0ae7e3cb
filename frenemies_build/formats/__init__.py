"""The book on paper, on a reading device and on the wall, each made from the built pages."""
