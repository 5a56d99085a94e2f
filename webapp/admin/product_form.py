"""A product as a form: its fields, and what stands in them."""

from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from core.domain.menu_fields import ALLERGENS, LONGEST_NAME, LONGEST_TEXT, STATIONS
from core.services.menu_edit import LANGUAGES
from core.store.sql.tables import Product
from webapp.admin.typed_forms import TypedForm, english_name

PLAIN = ("name", "description", "sku", "position", "low_stock", "version")
NEEDED = [InputRequired()]
NUMBER = {"inputmode": "numeric"}


class ProductForm(TypedForm):
    """Everything of a product but its count and its picture; a name and a description per language."""

    name = StringField("Name", validators=NEEDED, render_kw={"maxlength": LONGEST_NAME})
    category_id = SelectField("Category", validators=NEEDED, validate_choice=False)
    price = StringField("Price in whole shillings", validators=NEEDED, render_kw=NUMBER)
    description = TextAreaField("Description", render_kw={"maxlength": LONGEST_TEXT, "rows": 3})
    sku = StringField("Code in your books (SKU)")
    nicknames = StringField("Guests also call it", description="Separated by commas: tusker, tuska")
    attributes = StringField("Attributes", description="Separated by commas: spicy, vegan")
    allergens = StringField("Contains (allergens)", description=", ".join(ALLERGENS))
    station = SelectField(
        "Made by", validators=NEEDED, choices=[SelectChoice(word, word.capitalize()) for word in STATIONS]
    )
    position = StringField("Place in its category", default="0", validators=NEEDED, render_kw=NUMBER)
    low_stock = StringField(
        "Warn when so few are left", default="0", validators=NEEDED, description="0: never", render_kw=NUMBER
    )
    alcoholic = BooleanField("Alcoholic: guests confirm their age")
    in_menu = BooleanField("On the menu", default=True)


for _language in LANGUAGES:
    setattr(ProductForm, f"name_{_language}", StringField(f"Name in {english_name(_language)}"))
    _described = TextAreaField(f"Description in {english_name(_language)}", render_kw={"rows": 3})
    setattr(ProductForm, f"description_{_language}", _described)


def as_typed(product: Product) -> dict[str, Any]:
    """What stands in the form before anybody types."""
    plain = {
        name: getattr(product, name) for name in ("name", "description", "sku", "position", "low_stock", "version")
    }
    lists = {name: ", ".join(getattr(product, name)) for name in ("nicknames", "attributes", "allergens")}
    said = {f"name_{one}": product.names.get(one, "") for one in LANGUAGES}
    said |= {f"description_{one}": product.descriptions.get(one, "") for one in LANGUAGES}
    return plain | lists | said | {
        "price": f"{product.price:f}".removesuffix(".00"),
        "category_id": str(product.category_id),
        "station": product.station.value.lower(),
        "alcoholic": product.alcoholic,
        "in_menu": product.in_menu,
    }  # fmt: skip
