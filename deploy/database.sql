-- The database, empty, with what the two roles may do in it. After it: `manage.py migrate`, or a restore.
\set ON_ERROR_STOP on
CREATE DATABASE privacy OWNER privacy_owner ENCODING 'UTF8' TEMPLATE template0;
\connect privacy
REVOKE ALL ON DATABASE privacy FROM PUBLIC;
GRANT CONNECT ON DATABASE privacy TO privacy_app;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO privacy_app;
-- An error's text and the statement that failed quote values, somebody's address for one: they stay out of the log.
ALTER DATABASE privacy SET log_min_messages = log;
ALTER DATABASE privacy SET log_min_error_statement = panic;
ALTER DATABASE privacy SET log_min_duration_statement = -1;
ALTER DATABASE privacy SET log_statement = none;
