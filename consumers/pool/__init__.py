"""The NLP, run outside the event loop in processes that may hang, grow or die without harm to the stream."""
