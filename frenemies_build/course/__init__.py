"""The course: students' editions made from solved masters, the question bank, and marking."""
