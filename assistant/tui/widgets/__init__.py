"""The parts of the screens. They show records and say what a person chose; they ask for nothing themselves."""
