"""The screens: the conversation, the choice of a folder, the help."""
