"""Which browser on what, in two words, from what a browser says of itself."""

BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "Android"), ("CrOS", "Chromebook"), ("Windows", "Windows"),
    ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_name(agent: str) -> str:
    """`Chrome on Android`; nobody is recognised by it."""
    browser = next((name for word, name in BROWSERS if word in agent), "A browser")
    system = next((name for word, name in SYSTEMS if word in agent), "")
    return f"{browser} on {system}" if system else browser
