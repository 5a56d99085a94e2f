"""What the menus of every staff page lead to. A page that is made gets its line here, and nowhere else."""

from dataclasses import dataclass

from core.domain.permissions import Permission


@dataclass(frozen=True)
class Entry:
    """One line of a menu.

    `page` is what the page's template sets as `page`, so that its own line is marked. `icon` is one of
    requirements/vendor.json. Who may not `needs` does not see the line; the gate refuses them the page as well.
    """

    page: str
    label: str
    endpoint: str
    icon: str
    needs: Permission


# The sidebar, in groups with their headings.
ENTRIES: dict[str, tuple[Entry, ...]] = {
    "Overview": (
        Entry("dashboard", "Dashboard", "admin.home", "layout-dashboard", Permission.SEE_REPORTS),
        Entry("reports", "Reports", "admin.reports", "chart-column", Permission.SEE_REPORTS),
    ),
    "Floor": (
        Entry("board", "Board", "admin.board", "layout-grid", Permission.SEE_BOARD),
        Entry("by_hand", "New order", "admin.by_hand", "plus", Permission.TAKE_ORDERS),
        Entry("chats", "Chat history", "admin.conversations", "messages-square", Permission.READ_CHATS),
        Entry("cash", "Cash", "admin.cash", "banknote", Permission.TAKE_CASH),
        Entry("money", "Money", "admin.money", "hand-coins", Permission.SEE_MONEY),
        Entry("queues", "Queues", "admin.queues", "activity", Permission.SEE_TROUBLE),
    ),
    "Office": (
        Entry("orders", "Orders", "admin.list_orders", "clipboard-list", Permission.SEE_ORDERS),
        Entry("payments", "Payments", "admin.list_payments", "credit-card", Permission.SEE_MONEY),
        Entry("customers", "Clients", "admin.list_customers", "users", Permission.SEE_CUSTOMERS),
        Entry("messages", "Messages", "admin.list_messages", "message-square-text", Permission.READ_CHATS),
        Entry("activity", "Activity", "admin.list_activity", "history", Permission.SEE_ACTIVITY),
        Entry("closings", "Closings", "admin.closings", "scale", Permission.SEE_MONEY),
        Entry("receipts", "Receipts", "admin.receipts", "receipt-text", Permission.SEE_MONEY),
        Entry("products", "Products", "admin.list_products", "martini", Permission.SEE_MENU),
        Entry("categories", "Categories", "admin.categories", "tags", Permission.SEE_MENU),
        Entry("options", "Options", "admin.options", "sliders-horizontal", Permission.SEE_MENU),
        Entry("prices", "Price lists", "admin.prices", "percent", Permission.SEE_MENU),
        Entry("stock", "Stock", "admin.stock", "package", Permission.COUNT_STOCK),
        Entry("tables", "Tables", "admin.tables", "table", Permission.SEE_BOARD),
    ),
    "House": (
        Entry("wordings", "Languages", "admin.wordings", "languages", Permission.EDIT_SETTINGS),
        Entry("settings", "Settings", "admin.settings", "settings", Permission.EDIT_SETTINGS),
    ),
}

# The menu behind the gear in the head of the page.
SETTINGS: tuple[Entry, ...] = (
    Entry("settings", "Settings", "admin.settings", "settings", Permission.EDIT_SETTINGS),
    Entry("users", "Users", "admin.users", "users", Permission.MANAGE_PEOPLE),
    Entry("categories", "Categories", "admin.categories", "tags", Permission.EDIT_MENU),
    Entry("wordings", "Languages", "admin.wordings", "languages", Permission.EDIT_SETTINGS),
    Entry("connections", "Channel settings", "admin.connections", "key-round", Permission.EDIT_CREDENTIALS),
)

# The menu behind the person's initials, above "Sign out".
PROFILE: tuple[Entry, ...] = (
    Entry("profile", "Your profile", "admin.profile", "user-round", Permission.OWN_LOGIN),
    Entry("switch", "Switch person", "admin.switch", "users", Permission.OWN_LOGIN),
)
