"""As many people as one likes, by copied rows: they do nothing but be there, and have confirmed an address."""

from django.db import connections

_CROWD = """
    INSERT INTO users_user (id, email, password, is_active, locale, time_zone, created_at)
    SELECT gen_random_uuid(), 'person' || n || '@lantern.example', '!', true,
        CASE n %% 3 WHEN 0 THEN 'en' ELSE 'zh-hans' END, 'Asia/Shanghai', now() - interval '30 days'
    FROM generate_series(%s::int, %s::int) AS n
"""
_ADDRESSES = """
    INSERT INTO account_emailaddress (user_id, email, verified, "primary")
    SELECT id, email, true, true FROM users_user AS person
    WHERE NOT EXISTS (SELECT 1 FROM account_emailaddress WHERE user_id = person.id)
"""


def grow(have: int, want: int) -> None:
    """Let there be `want` people where there were `have`."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(_CROWD, [have + 1, want])
        cursor.execute(_ADDRESSES)
        cursor.execute("VACUUM ANALYZE users_user")
        cursor.execute("VACUUM ANALYZE account_emailaddress")
