"""What is measured beside Dateline: the same work done with the libraries alone."""
