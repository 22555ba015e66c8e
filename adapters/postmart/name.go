package postmart

// Name is the marketplace's name in commands, tables and settings.
const Name = name
