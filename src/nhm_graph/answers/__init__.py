"""Answers as others take them: plain JSON, and tables for spreadsheets."""

from nhm_graph.answers.record import answer_record, json_number

__all__ = ["answer_record", "json_number"]
