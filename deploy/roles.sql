-- The two roles, made once by a superuser. Their passwords are set afterwards with \password, which sends only hashes.
\set ON_ERROR_STOP on
CREATE ROLE privacy_owner LOGIN;
CREATE ROLE privacy_app LOGIN;
