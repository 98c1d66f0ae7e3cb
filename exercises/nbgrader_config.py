"""The course for nbgrader: run its commands in this folder (`nbgrader generate_assignment 01-trade`)."""

c = get_config()  # noqa: F821 (nbgrader provides it)

c.CourseDirectory.course_id = "frenemies"

# What stands in the students' edition in place of a solution: valid Python that `check` knows as blank.
c.ClearSolutions.code_stub = {"python": "..."}
c.ClearSolutions.text_stub = "..."

# An endless loop in a submission ends after this many seconds a cell and costs only that cell's points.
c.Execute.timeout = 60
c.Execute.interrupt_on_timeout = True
