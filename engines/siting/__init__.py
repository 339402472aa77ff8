"""Where to build, how big, which together, and what follows."""
