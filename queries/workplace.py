"""Of which associate, or which store, is something asked, and does the caller see what is planned and done there?"""

from typing import Final

from sqlalchemy import Text, Uuid, and_, bindparam, exists, or_, select

from projections.affiliations import affiliation
from projections.house import associate, store
from queries import visibility

WHO: Final = select(
    bindparam("key", type_=Uuid).label("key"), bindparam("associate_id", type_=Text).label("associate_id")
).subquery("who")
"""The associate who is asked about: `key` is the id of her stream."""

KNOWN_ASSOCIATE: Final = and_(
    visibility.book(WHO.c.key, WHO.c.associate_id),
    or_(
        visibility.herself(WHO.c.associate_id),
        exists().where(associate.c.key == WHO.c.key),
        exists().where(affiliation.c.associate_id == WHO.c.associate_id),
    ),
)
"""Whether there is such an associate as `WHO` says, and the caller sees her book."""

STORE_ID: Final = bindparam("store_id", type_=Text)
STORE: Final = select(STORE_ID.label("store_id")).subquery("at")
"""The store that is asked about."""

KNOWN_STORE: Final = and_(
    visibility.store(STORE.c.store_id),
    or_(STORE.c.store_id == bindparam("caller_works_at"), exists().where(store.c.store_id == STORE.c.store_id)),
)
"""Whether there is such a store as `STORE` says, and the caller sees what is planned and done there."""
