"""What the demo venue asks of whoever chooses some of its products."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.services import demo, demo_swahili
from core.services.activity import Actor
from core.services.menu_options import GroupDraft, OptionDraft, ask_questions, create_group
from core.store.sql.tables import OptionGroup, Product, Workspace

SEED = "seed"


def seed_questions(db: Session, workspace: Workspace) -> None:
    """Once: whatever staff made of them since stays."""
    if db.scalar(select(OptionGroup.id).where(OptionGroup.workspace_id == workspace.id).limit(1)) is not None:
        return
    actor = Actor(workspace.id, name=SEED)
    for name, questions in demo.QUESTIONS.items():
        mine = (Product.workspace_id == workspace.id, Product.name == name, Product.deleted_at.is_(None))
        product_id = db.scalar(select(Product.id).where(*mine).limit(1))
        groups = [create_group(db, actor, _draft(*question))[0] for question in questions]
        if product_id is not None:
            ask_questions(db, actor, product_id, groups)


def _draft(name: str, least: int, most: int, options: tuple[tuple[str, int], ...]) -> GroupDraft:
    offered = tuple(OptionDraft(option, Decimal(price), **demo_swahili.names(option)) for option, price in options)
    return GroupDraft(name, offered, least, most, **demo_swahili.names(name))
