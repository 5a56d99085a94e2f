"""The demo venue's menu in Swahili, where guests in Nairobi call a thing by another name than its English one."""

from typing import Any

NAMES = {
    "Beer": "Bia",
    "Cocktail": "Kokteli",
    "Whisky": "Wiski",
    "Wine": "Mvinyo",
    "Soft drinks": "Soda",
    "Food": "Chakula",
    "House Red Glass": "Mvinyo mwekundu, glasi",
    "House White Glass": "Mvinyo mweupe, glasi",
    "Rosé Glass": "Rosé, glasi",
    "Prosecco Glass": "Prosecco, glasi",
    "Passion Juice": "Juisi ya pasheni",
    "Mineral Water": "Maji ya chupa",
    "Chicken Wings": "Mabawa ya kuku",
    "Masala Fries": "Chipsi masala",
    "Beef Samosas": "Sambusa za nyama",
    "Fish Fingers": "Vijiti vya samaki",
    "Beef Burger": "Baga ya nyama",
    "Mixer": "Kichanganyio",
    "Soda water": "Maji ya soda",
    "Size": "Kipimo",
    "Single": "Kawaida",
    "Double": "Maradufu",
    "Doneness": "Kuiva",
    "Medium": "Kiasi",
    "Well done": "Iliyoiva sana",
    "Extras": "Nyongeza",
    "Cheese": "Jibini",
}
DESCRIPTIONS = {
    "Dawa": "Vodka, asali, ndimu na barafu",
    "Mojito": "Rum, minti, ndimu na soda, tamu na baridi",
    "Margarita": "Tequila, likeri ya chungwa na ndimu, chumvi kwenye glasi",
    "Long Island Iced Tea": "Vodka, gin, rum, tequila na cola",
    "Whisky Sour": "Wiski, limau na sukari",
    "Old Fashioned": "Bourbon, bitters na chungwa",
    "Negroni": "Gin, vermouth nyekundu na Campari",
    "Cosmopolitan": "Vodka, cranberry na ndimu",
    "Daiquiri": "Rum, ndimu na sukari, tamu na chachu",
    "Piña Colada": "Rum, nazi na nanasi, tamu na laini",
    "Gin and Tonic": "Gin, tonic na kipande cha ndimu",
    "Espresso Martini": "Vodka na kahawa",
    "Moscow Mule": "Vodka, tangawizi na ndimu, kali kidogo",
    "Highball": "Ndefu na baridi, na kichanganyio unachochagua",
    "Passion Martini": "Vodka, pasheni na vanila, tamu",
    "Stoney Tangawizi": "Soda ya tangawizi, kali",
    "Passion Juice": "Imekamuliwa sasa hivi, tamu",
    "Chicken Wings": "Vipande vinane, vyenye pilipili, na sosi",
    "Nyama Choma": "Nusu kilo ya mbuzi, na kachumbari na ugali",
    "Masala Fries": "Kwenye nyanya na pilipili",
}


def names(name: str) -> dict[str, Any]:
    """What a heading is called in other languages, as its row keeps it."""
    return {"names": {"sw": NAMES[name]} if name in NAMES else {}}


def words(name: str) -> dict[str, Any]:
    """What a product is called in other languages, and what it is said to be, as its row keeps it."""
    return names(name) | {"descriptions": {"sw": DESCRIPTIONS[name]} if name in DESCRIPTIONS else {}}
