"""Documents for people: the draft of a request, and questions for a client."""
