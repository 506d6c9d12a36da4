"""What the wire as a whole says, by studies of its own topics: each room is one.

`app` is the Faust app around them, `study` what each stands on, `committed` what Faust lacks.
"""
