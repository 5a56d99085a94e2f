"""Money over the bar: nobody is called, staff say what they were given."""
