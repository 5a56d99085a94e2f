"""Settings as a developer's machine has them."""

from core.settings import Settings, load_settings

ENVIRON = {
    "ENVIRONMENT": "development",
    "PUBLIC_BASE_URL": "http://localhost:8000",
    "DATABASE_URL": "postgresql://nobody@localhost/nothing",
    "REDIS_URL": "redis://localhost/0",
    "CELERY_BROKER_URL": "redis://localhost/1",
    "SECRET_KEY": "sixteen letters!",
    "FIELD_ENCRYPTION_KEYS": "a key for these tests",
    "WHATSAPP_PHONE_NUMBER_ID": "1001",
    "WHATSAPP_ACCESS_TOKEN": "access",
    "WHATSAPP_APP_SECRET": "app secret",
    "WHATSAPP_VERIFY_TOKEN": "verify",
    "KOPOKOPO_CLIENT_ID": "client",
    "KOPOKOPO_CLIENT_SECRET": "client secret",
    "KOPOKOPO_API_KEY": "api key",
    "KOPOKOPO_TILL_NUMBER": "K000001",
}


def development(**changes: str) -> Settings:
    return load_settings(ENVIRON | changes)


def production(**changes: str) -> Settings:
    return load_settings(ENVIRON | {"ENVIRONMENT": "production", "PUBLIC_BASE_URL": "https://bar.example"} | changes)
