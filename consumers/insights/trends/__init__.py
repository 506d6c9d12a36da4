"""`news.trends`: who and what more stories name than they usually do.

`bursts`, `naming` and `tally` are pure; `study` reads and writes.
"""
