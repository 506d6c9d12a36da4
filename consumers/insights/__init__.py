"""What the wire as a whole says: who and what more stories name than they usually do.

`bursts`, `stories` and `tally` are pure; `app` is the Faust app around them, `committed` is what Faust lacks.
"""
