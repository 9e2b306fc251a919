"""Whether what we say outside agrees with what we told our own people: pure rules, text in and findings out."""
