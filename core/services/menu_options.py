"""Staff decide what guests may choose of a product: its questions, their options, and which products ask them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.domain.options import MOST_GROUPS, MOST_OPTIONS
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.editing import found, stamp
from core.services.followup import Followup
from core.services.stock import menu_changed
from core.store.sql.tables import Option, OptionGroup, Product, ProductGroup

LONGEST_NAME = 40
DEAREST = 1_000_000


@dataclass(frozen=True)
class OptionDraft:
    """An option as staff want it. `price`: whole shillings more (or less) than the product. No `id`: a new one. Whether
    it is out is said by `set_option_available` alone."""

    name: str
    price: Decimal = Decimal(0)
    names: Mapping[str, str] = field(default_factory=dict)
    id: UUID | None = None


@dataclass(frozen=True)
class GroupDraft:
    """A question as staff want it, with all its options in order; one that is left out is taken away.

    `least` 0: guests may skip it. `most` 1: they choose one.
    """

    name: str
    options: tuple[OptionDraft, ...]
    least: int = 0
    most: int = 1
    names: Mapping[str, str] = field(default_factory=dict)

    def problems(self) -> dict[str, str]:
        """What cannot be meant, by field (`name`, `options`, `least`, `most`), each a sentence to stand beside it."""
        found: dict[str, str] = {}
        if not 0 < len(self.name.strip()) <= LONGEST_NAME:
            found["name"] = f"Write a name of at most {LONGEST_NAME} letters."
        if not 0 <= self.least <= len(self.options):
            found["least"] = "There are not so many options to choose."
        if not max(self.least, 1) <= self.most <= MOST_OPTIONS:
            found["most"] = "This must be at least 1, and no less than the fewest to choose."
        if problem := self._problem_of_options():
            found["options"] = problem
        return found

    def _problem_of_options(self) -> str:
        names = [option.name.strip().casefold() for option in self.options]
        if not 0 < len(names) <= MOST_OPTIONS:
            return f"Write 1 to {MOST_OPTIONS} options."
        if not all(0 < len(name) <= LONGEST_NAME for name in names):
            return f"Each option needs a name of at most {LONGEST_NAME} letters."
        if len(set(names)) < len(names):
            return "Two options have the same name."
        whole = all(o.price == o.price.to_integral_value() and abs(o.price) <= DEAREST for o in self.options)
        return "" if whole else f"Differences are whole shillings, up to {DEAREST:,}."


def groups_of(db: Session, workspace_id: UUID) -> list[OptionGroup]:
    """All questions of a venue, by name."""
    mine = (OptionGroup.workspace_id == workspace_id, OptionGroup.deleted_at.is_(None))
    return list(db.scalars(select(OptionGroup).where(*mine).order_by(OptionGroup.name, OptionGroup.id)))


def options_of(db: Session, workspace_id: UUID, group_id: UUID) -> list[Option]:
    """The options of a question, in order, those that are out as well."""
    mine = (Option.workspace_id == workspace_id, Option.group_id == group_id, Option.deleted_at.is_(None))
    return list(db.scalars(select(Option).where(*mine).order_by(Option.position, Option.id)))


def products_asking(db: Session, workspace_id: UUID, group_id: UUID) -> list[UUID]:
    """The products that ask this question."""
    mine = (ProductGroup.workspace_id == workspace_id, ProductGroup.group_id == group_id)
    return list(db.scalars(select(ProductGroup.product_id).where(*mine).order_by(ProductGroup.product_id)))


def questions_of(db: Session, workspace_id: UUID, product_id: UUID) -> list[UUID]:
    """The questions that a product asks, in order."""
    mine = (ProductGroup.workspace_id == workspace_id, ProductGroup.product_id == product_id)
    return list(db.scalars(select(ProductGroup.group_id).where(*mine).order_by(ProductGroup.position)))


def create_group(db: Session, actor: Actor, draft: GroupDraft) -> tuple[UUID, Followup]:
    """Staff made a question; no product asks it yet. Raises ValueError where `draft.problems()` has any."""
    _check(draft)
    group = OptionGroup(workspace_id=actor.workspace_id, created_by=actor.user_id, **_fields(draft))
    db.add(group)
    db.flush()
    _write_options(db, actor, group.id, draft.options)
    record(db, actor, "options_created", "option_group", group.id, after=_seen(db, group))
    return group.id, Followup()


def update_group(db: Session, actor: Actor, group_id: UUID, version: int, draft: GroupDraft) -> Followup:
    """Staff changed a question or its options; `version` is the one they looked at.

    Raises ValueError where `draft.problems()` has any; Rejected: `gone`, `changed`.
    """
    _check(draft)
    group = found(db, OptionGroup, actor.workspace_id, group_id, version)
    before = _seen(db, group)
    for name, value in _fields(draft).items():
        setattr(group, name, value)
    stamp(group, actor)
    _write_options(db, actor, group.id, draft.options)
    db.flush()
    record(db, actor, "options_changed", "option_group", group.id, before, _seen(db, group))
    return menu_changed(actor.workspace_id)


def delete_group(db: Session, actor: Actor, group_id: UUID, version: int) -> Followup:
    """Staff took a question away: no product asks it any more. Raises Rejected: `gone`, `changed`."""
    group = found(db, OptionGroup, actor.workspace_id, group_id, version)
    before = _seen(db, group)
    group.deleted_at = func.now()
    stamp(group, actor)
    db.execute(delete(ProductGroup).where(ProductGroup.workspace_id == actor.workspace_id, _asks(group_id)))
    record(db, actor, "options_deleted", "option_group", group_id, before)
    return menu_changed(actor.workspace_id)


def ask_questions(
    db: Session, actor: Actor, product_id: UUID, group_ids: Sequence[UUID], seen: Sequence[UUID] | None = None
) -> Followup:
    """Staff decided which questions a product asks, in this order, in place of those before. `seen`: those they saw.

    Raises Rejected: `gone` (the product or a question), `too_many`, `changed`.
    """
    wanted = list(dict.fromkeys(group_ids))
    if len(wanted) > MOST_GROUPS:
        raise Rejected("too_many")
    known = {group.id for group in groups_of(db, actor.workspace_id)}
    mine = (Product.workspace_id == actor.workspace_id, Product.id == product_id, Product.deleted_at.is_(None))
    if not known.issuperset(wanted) or db.scalar(select(Product.id).where(*mine).with_for_update()) is None:
        raise Rejected("gone")
    before = questions_of(db, actor.workspace_id, product_id)
    if seen is not None and set(seen) != set(before):
        raise Rejected("changed")
    rows = (ProductGroup.workspace_id == actor.workspace_id, ProductGroup.product_id == product_id)
    db.execute(delete(ProductGroup).where(*rows))
    if wanted:
        keys = {"workspace_id": actor.workspace_id, "product_id": product_id}
        db.execute(insert(ProductGroup), [keys | {"group_id": g, "position": i} for i, g in enumerate(wanted)])
    said = [{"questions": [str(one) for one in ids]} for ids in (before, wanted)]
    record(db, actor, "product_questions_changed", "product", product_id, *said)
    return menu_changed(actor.workspace_id)


def set_option_available(db: Session, actor: Actor, option_id: UUID, available: bool) -> Followup:
    """Staff said that an option is out, or back: every chat follows at once. Raises Rejected: `gone`."""
    mine = (Option.workspace_id == actor.workspace_id, Option.id == option_id, Option.deleted_at.is_(None))
    option = db.scalar(select(Option).where(*mine).with_for_update())
    if option is None:
        raise Rejected("gone")
    if option.available is available:
        return Followup()
    option.available, option.updated_by = available, actor.user_id
    said = [{"name": option.name, "available": one} for one in (not available, available)]
    record(db, actor, "option_back" if available else "option_out", "option", option_id, *said)
    return menu_changed(actor.workspace_id)


def _check(draft: GroupDraft) -> None:
    if problems := draft.problems():
        raise ValueError(next(iter(problems.values())))


def _fields(draft: GroupDraft) -> dict[str, Any]:
    return {"name": draft.name.strip(), "names": dict(draft.names), "least": draft.least, "most": draft.most}


def _asks(group_id: UUID) -> Any:
    return ProductGroup.group_id == group_id


def _write_options(db: Session, actor: Actor, group_id: UUID, drafts: Sequence[OptionDraft]) -> None:
    """In this order; what is not named any more is taken away. An order keeps what it was made with."""
    there = {option.id: option for option in options_of(db, actor.workspace_id, group_id)}
    for position, draft in enumerate(drafts):
        option = there.pop(draft.id, None) if draft.id else None
        if option is None:
            option = Option(workspace_id=actor.workspace_id, group_id=group_id, created_by=actor.user_id)
            db.add(option)
        option.name, option.names, option.price = draft.name.strip(), dict(draft.names), draft.price
        option.position, option.updated_by = position, actor.user_id
    for option in there.values():
        option.deleted_at, option.updated_by = func.now(), actor.user_id
    db.flush()


def _seen(db: Session, group: OptionGroup) -> dict[str, Any]:
    """As the log of changes keeps it."""
    options = options_of(db, group.workspace_id, group.id)
    said = [f"{one.name} {one.price:+.0f}{'' if one.available else ' (out)'}" for one in options]
    return {"name": group.name, "least": group.least, "most": group.most, "options": said}
