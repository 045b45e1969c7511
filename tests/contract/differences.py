"""The cases that an engine does not answer when their text is sent to it, and in what way.

Asked through the program they are right on every engine (test_questions_contract.py). The table in
docs/engines.md says the same; a test compares them.
"""

NO_ANSWER = "error 500 of its compiler, or no answer in time"

# By question: all its cases.
VIRTUOSO = {"explain-target": NO_ANSWER}
