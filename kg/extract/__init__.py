"""From the text of an article to a draft of its facts."""
