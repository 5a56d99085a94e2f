"""The states of the conversation by stage of the order: how each asks and how it takes an answer."""
