"""Whom and what the examples of events are about."""

from uuid import UUID

ANN, BEN, SHOP = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)
