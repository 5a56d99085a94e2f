"""A slip printer that understands ESC/POS: takes bytes on a port, shows what would be on its paper."""
