"""`news.speakers`: the running record of everyone who is quoted by name.

`sayings`, `register` and `running` are pure; `study` reads and writes; `page` answers who asks by HTTP.
"""
