"""The demo venue, the first real one, and the commands that make them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from core.domain.statuses import Provider, Role
from core.errors import Rejected
from core.services.audit import audit, is_clean
from core.services.menu import load_menu
from core.services.setup import Seeded, create_user, seed_demo, set_up
from core.services.sign_in import sign_in
from core.store.sql.tables import Channel, Membership, ProviderAccount, User, Workspace
from tests.integration.sql.venue_settings import development, production

NAMED = {
    "Tusker Lager": 350, "White Cap": 350, "Guinness": 400, "Dawa": 700, "Mojito": 800, "Margarita": 850,
    "Jameson": 500, "Coca-Cola": 150, "Chicken Wings": 900, "Nyama Choma": 1200,
}  # fmt: skip


def seed(sessions: sessionmaker[Session], **changes: str) -> Seeded:
    with sessions.begin() as db:
        return seed_demo(db, development(**changes))


def test_the_demo_venue_is_as_promised_however_often_it_is_seeded(sessions: sessionmaker[Session]) -> None:
    first, again = seed(sessions), seed(sessions)
    assert first.workspace_id == again.workspace_id and first.owner_password and not again.owner_password
    with sessions.begin() as db:
        menu = load_menu(db, first.workspace_id)
        assert is_clean(audit(db, {}))
    assert menu.venue.name == "Destination Cocktails" and menu.venue.tables == tuple(range(1, 21))
    assert menu.venue.serves_alcohol and menu.venue.age_gate and menu.venue.currency == "KES"
    names = [category.name for category in menu.categories]
    assert names == ["Beer", "Cocktail", "Whisky", "Wine", "Soft drinks", "Food"]
    prices = {product.name: int(product.price) for product in menu.products}
    assert NAMED.items() <= prices.items()
    cocktails = [product for product in menu.products if product.category_id == menu.categories[1].id]
    assert len(cocktails) >= 12 and all(product.alcoholic and product.available for product in cocktails)


def test_the_menus_version_changes_with_what_it_says_only(sessions: sessionmaker[Session]) -> None:
    workspace_id = seed(sessions).workspace_id
    with sessions.begin() as db:
        before = load_menu(db, workspace_id)
        assert load_menu(db, workspace_id) == before
        db.get_one(Workspace, workspace_id).serves_alcohol = False
        assert load_menu(db, workspace_id).version != before.version


def test_settings_are_written_over_the_first_venue_at_every_seed(sessions: sessionmaker[Session]) -> None:
    seed(sessions)
    seed(sessions, WHATSAPP_PHONE_NUMBER_ID="2002", WHATSAPP_APP_SECRET="another", KOPOKOPO_TILL_NUMBER="K2")
    with sessions.begin() as db:
        channel, account = db.scalars(select(Channel)).one(), db.scalars(select(ProviderAccount)).one()
        assert channel.phone_number_id == "2002" and channel.secrets["app_secrets"] == ["another"]
        assert account.settings["till_number"] == "K2" and account.secrets["api_key"] == "api key"


def test_the_number_itself_stays_where_a_later_start_does_not_say_it(sessions: sessionmaker[Session]) -> None:
    seed(sessions, WHATSAPP_DISPLAY_NUMBER="+254 700 000 000")
    seed(sessions)
    with sessions.begin() as db:
        assert db.scalars(select(Channel.display_number)).one() == "254700000000"


def test_each_provider_the_settings_name_gets_its_account_and_keeps_what_commands_found_out(
    sessions: sessionmaker[Session],
) -> None:
    cards = {"PESAPAL_CONSUMER_KEY": "key", "PESAPAL_CONSUMER_SECRET": "s", "PAYSTACK_SECRET_KEY": "sk_test_x"}
    seed(sessions, **cards)
    with sessions.begin() as db:
        accounts = {one.provider: one for one in db.scalars(select(ProviderAccount))}
        assert set(accounts) == {"kopokopo", "pesapal", "paystack"}
        assert accounts[Provider.PAYSTACK].secrets == {"api_key": "sk_test_x"}
        assert accounts[Provider.KOPOKOPO].settings["calls_per_second"] == 5
        assert "ipn_id" not in accounts[Provider.PESAPAL].settings
        accounts[Provider.PESAPAL].settings = accounts[Provider.PESAPAL].settings | {"ipn_id": "registered"}
    seed(sessions, **cards)
    with sessions.begin() as db:
        ours = db.scalars(select(ProviderAccount).where(ProviderAccount.provider == Provider.PESAPAL)).one()
        assert ours.settings["ipn_id"] == "registered"


def test_the_demo_owner_signs_in_with_the_wished_or_the_shown_password(sessions: sessionmaker[Session]) -> None:
    shown = seed(sessions)
    assert sign_in(sessions, shown.owner_email, shown.owner_password)
    seed(sessions, DEMO_OWNER_PASSWORD="a wish of the owner")
    assert sign_in(sessions, shown.owner_email, "a wish of the owner")
    assert not sign_in(sessions, shown.owner_email, shown.owner_password)


def test_no_demo_data_in_production(sessions: sessionmaker[Session]) -> None:
    with pytest.raises(Rejected, match="no_demo_in_production"), sessions.begin() as db:
        seed_demo(db, production())
    with sessions.begin() as db:
        assert db.scalars(select(Workspace)).all() == []


def test_production_is_set_up_once_and_without_alcohol(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as db:
        workspace_id = set_up(db, production(), "The Real Bar")
        assert not db.get_one(Workspace, workspace_id).serves_alcohol
        assert db.scalars(select(Channel)).one().secrets["access_token"] == "access"
    with pytest.raises(Rejected, match="already_set_up"), sessions.begin() as db:
        set_up(db, production(), "The Real Bar")


def test_a_user_is_created_once_and_may_get_another_role(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as db:
        set_up(db, production(), "The Real Bar")
        user_id = create_user(db, "the-real-bar", " Boss@Bar.Example ", "Boss", Role.OWNER, "a long password")
        assert create_user(db, "the-real-bar", "boss@bar.example", "Boss", Role.BAR, "another one, longer") == user_id
        assert db.scalars(select(User)).one().email == "boss@bar.example"
        assert db.scalars(select(Membership)).one().role is Role.BAR
    assert sign_in(sessions, "BOSS@bar.example", "a long password")


@pytest.mark.parametrize(
    ("slug", "password", "reason"),
    [("nowhere", "a long password", "no_such_workspace"), ("the-real-bar", "short", "password_too_short")],
)
def test_a_wrong_slug_or_a_short_password_is_named(
    sessions: sessionmaker[Session], slug: str, password: str, reason: str
) -> None:
    with sessions.begin() as db:
        set_up(db, production(), "The Real Bar")
        with pytest.raises(Rejected, match=reason):
            create_user(db, slug, "boss@bar.example", "Boss", Role.OWNER, password)
