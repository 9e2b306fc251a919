"""Real servers, browsers and checkers that the tests run against, started when first asked for."""
