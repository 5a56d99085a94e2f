-- PgBouncer does not pass a client's own limits on, so the role carries them (the same as core/store/sql/engine.py).
ALTER ROLE app IN DATABASE app SET statement_timeout = '10s';
ALTER ROLE app IN DATABASE app SET lock_timeout = '5s';
ALTER ROLE app IN DATABASE app SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE app IN DATABASE app SET timezone = 'UTC';
