"""`news.stories`: which stories tell the same in the same words, who was first, and what each adds.

`triples`, `bands`, `register`, `wire` and `adds` are pure; `study` reads and writes.
"""
