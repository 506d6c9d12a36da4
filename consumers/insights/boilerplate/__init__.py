"""`news.boilerplate`: lines that recur over the stories of an outlet although cleaning let them pass.

`pieces`, `evidence`, `propose` and `window` are pure; `study` reads and writes. What is proposed is for a person to
accept (`kawat outlets review`), and changes nothing by itself.
"""
