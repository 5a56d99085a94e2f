"""The demo venue's menu: (name, price, nicknames) by heading."""

from core.domain.statuses import Station

NAME = "Destination Cocktails"
SLUG = "destination-cocktails"
TABLES = 20
STOCK = 1000
OWNER_EMAIL = "owner@destination.example"
OWNER_NAME = "Demo Owner"

Entry = tuple[str, int, tuple[str, ...]]

DESCRIPTIONS = {
    "Dawa": "Vodka, honey, lime and crushed ice",
    "Mojito": "White rum, mint, lime and soda, fresh and sweet",
    "Margarita": "Tequila, orange liqueur and lime, with a salted rim",
    "Long Island Iced Tea": "Vodka, gin, rum, tequila and cola",
    "Whisky Sour": "Whisky, lemon and sugar",
    "Old Fashioned": "Bourbon, bitters and orange",
    "Negroni": "Gin, red vermouth and Campari",
    "Cosmopolitan": "Vodka, cranberry and lime",
    "Daiquiri": "White rum, lime and sugar, sweet and sour",
    "Piña Colada": "Rum, coconut and pineapple, sweet and creamy",
    "Gin and Tonic": "Gin, tonic and a slice of lime",
    "Espresso Martini": "Vodka and fresh coffee",
    "Moscow Mule": "Vodka, ginger and lime, spicy",
    "Highball": "Tall and iced, with the mixer you choose",
    "Passion Martini": "Vodka, passion fruit and vanilla, sweet",
    "Stoney Tangawizi": "Ginger soda, spicy",
    "Passion Juice": "Freshly pressed, sweet",
    "Chicken Wings": "Eight pieces, spicy, with a dip",
    "Nyama Choma": "Half a kilo of grilled goat, with kachumbari and ugali",
    "Masala Fries": "In tomato and chilli, spicy",
}

# What they ask of whoever chooses them: (question, fewest, most, options with what each costs more).
Question = tuple[str, int, int, tuple[tuple[str, int], ...]]
QUESTIONS: dict[str, tuple[Question, ...]] = {
    "Highball": (
        ("Mixer", 1, 1, (("Tonic", 0), ("Soda water", 0), ("Ginger ale", 50), ("Cola", 0))),
        ("Size", 0, 1, (("Single", 0), ("Double", 250))),
    ),
    "Beef Burger": (
        ("Doneness", 0, 1, (("Medium", 0), ("Well done", 0))),
        ("Extras", 0, 2, (("Cheese", 100), ("Bacon", 150), ("Avocado", 100))),
    ),
}

HEADINGS: tuple[tuple[str, bool, Station, tuple[Entry, ...]], ...] = (
    (
        "Beer",
        True,
        Station.BAR,
        (
            ("Tusker Lager", 350, ("tusker", "tuska")),
            ("Tusker Malt", 400, ("malt",)),
            ("White Cap", 350, ("whitecap",)),
            ("Guinness", 400, ("stout",)),
            ("Balozi", 350, ()),
            ("Tusker Cider", 400, ("cider",)),
        ),
    ),
    (
        "Cocktail",
        True,
        Station.BAR,
        (
            ("Dawa", 700, ("dawas",)),
            ("Mojito", 800, ("mojitos",)),
            ("Margarita", 850, ("marg",)),
            ("Long Island Iced Tea", 950, ("long island", "liit")),
            ("Whisky Sour", 850, ("whiskey sour",)),
            ("Old Fashioned", 900, ()),
            ("Negroni", 900, ()),
            ("Cosmopolitan", 850, ("cosmo",)),
            ("Daiquiri", 800, ()),
            ("Piña Colada", 850, ("pina colada", "colada")),
            ("Gin and Tonic", 750, ("g&t", "gin tonic")),
            ("Espresso Martini", 900, ()),
            ("Moscow Mule", 800, ("mule",)),
            ("Passion Martini", 850, ("pornstar",)),
            ("Highball", 600, ("highballs",)),
        ),
    ),
    (
        "Whisky",
        True,
        Station.BAR,
        (
            ("Jameson", 500, ("jamo",)),
            ("Johnnie Walker Black", 600, ("black label", "johnnie")),
            ("Jack Daniel's", 550, ("jack", "jack daniels")),
            ("Glenfiddich 12", 900, ("glenfiddich",)),
        ),
    ),
    (
        "Wine",
        True,
        Station.BAR,
        (
            ("House Red Glass", 600, ("red wine", "red")),
            ("House White Glass", 600, ("white wine",)),
            ("Rosé Glass", 650, ("rose",)),
            ("Prosecco Glass", 800, ("bubbly",)),
        ),
    ),
    (
        "Soft drinks",
        False,
        Station.BAR,
        (
            ("Coca-Cola", 150, ("coke", "coca cola", "cola")),
            ("Fanta Orange", 150, ("fanta",)),
            ("Sprite", 150, ()),
            ("Stoney Tangawizi", 150, ("stoney", "tangawizi")),
            ("Passion Juice", 250, ("passion",)),
            ("Mineral Water", 100, ("water", "maji")),
        ),
    ),
    (
        "Food",
        False,
        Station.KITCHEN,
        (
            ("Chicken Wings", 900, ("wings",)),
            ("Nyama Choma", 1200, ("nyama", "choma")),
            ("Masala Fries", 400, ("masala chips", "fries", "chips")),
            ("Beef Samosas", 350, ("samosa", "samosas")),
            ("Fish Fingers", 850, ()),
            ("Beef Burger", 950, ("burger",)),
        ),
    ),
)
