"""All engines together: from a town, its candidates and a study to judged hubs."""
