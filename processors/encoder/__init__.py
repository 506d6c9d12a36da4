"""The one forward pass over a story: words to pieces, windows, the session, its heads (tags, speech, speaker)."""
