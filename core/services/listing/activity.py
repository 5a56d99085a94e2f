"""The list of what staff did."""

from core.domain.listing.asked import Sort
from core.domain.listing.columns import Column, Kind
from core.services.listing.conditions import in_code, in_text
from core.services.listing.declared import Field, Listing
from core.store.sql.tables import Activity

ACTIVITY = Listing(
    name="activity",
    title="Activity",
    many="entries",
    table=Activity,
    fields=(
        Field(Column("created_at", "When", Kind.MOMENT, sortable=True), Activity.created_at),
        Field(Column("who", "Who"), Activity.who),
        Field(Column("action", "Did", Kind.CODE), Activity.action),
        Field(Column("subject_kind", "To", Kind.CODE), Activity.subject_kind),
        Field(Column("before", "Before", filterable=False), Activity.before),
        Field(Column("after", "After", filterable=False), Activity.after),
        Field(Column("address", "From", shown=False), Activity.address),
    ),
    sorts=(Sort("created_at", descending=True),),
    looking=(in_text(Activity.who), in_code(Activity.action), in_code(Activity.subject_kind)),
)
