"""Decisions about an organization, by example."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.organization import (
    OrganizationClosed,
    OrganizationFounded,
    OrganizationRenamed,
    OrganizationReopened,
    OrganizationRescoped,
    World,
    after,
    close,
    found,
    rename,
    reopen,
    require_open,
    rescope,
)
from domain.refusals import OrganizationDiffers, OrganizationInvalid, OrganizationIsClosed, OrganizationUnknown
from domain.scope import Reach, Scope

ID = UUID(int=1)
PARIS = Scope(Reach.STORE, store_id="paris-1")
founded = OrganizationFounded(ID, "Aurélie", "designer", World.WOMEN, Scope(Reach.NATIONAL), None)


def test_an_organization_is_founded_once() -> None:
    assert found(after([]), founded) == [founded]
    assert found(after([founded]), founded) == []
    with pytest.raises(OrganizationDiffers):
        found(after([founded]), replace(founded, world=World.MEN))


@pytest.mark.feature("CS-30")
@pytest.mark.parametrize(
    ("scope", "field"),
    [
        (Scope(Reach.STORE), "scope.store_id"),
        (Scope(Reach.REGIONAL), "scope.region_id"),
        (Scope(Reach.NATIONAL, store_id="paris-1"), "scope.store_id"),
        (Scope(Reach.NATIONAL, region_id="europe"), "scope.region_id"),
        (Scope(Reach.REGIONAL, "europe", "paris-1"), "scope.store_id"),
    ],
)
def test_a_scope_names_what_it_reaches_and_nothing_else(scope: Scope, field: str) -> None:
    with pytest.raises(OrganizationInvalid) as refused:
        found(after([]), replace(founded, scope=scope))
    assert refused.value.field == field
    with pytest.raises(OrganizationInvalid):
        rescope(after([founded]), ID, scope)


def test_it_is_renamed_and_rescoped_only_if_that_changes_something() -> None:
    assert rename(after([founded]), ID, "Aurélie Paris") == [OrganizationRenamed(ID, "Aurélie Paris")]
    assert rename(after([founded]), ID, "Aurélie") == []
    assert rescope(after([founded]), ID, PARIS) == [OrganizationRescoped(ID, PARIS)]
    assert rescope(after([founded, OrganizationRescoped(ID, PARIS)]), ID, PARIS) == []


def test_nobody_joins_what_is_closed_until_it_is_reopened() -> None:
    require_open(after([founded]))
    assert close(after([founded]), ID) == [OrganizationClosed(ID)]
    closed = after([founded, OrganizationClosed(ID)])
    assert close(closed, ID) == []
    with pytest.raises(OrganizationIsClosed):
        require_open(closed)
    assert reopen(closed, ID) == [OrganizationReopened(ID)]
    assert reopen(after([founded]), ID) == []


def test_there_is_no_organization_before_it_is_founded() -> None:
    with pytest.raises(OrganizationUnknown):
        rename(after([]), ID, "Aurélie")
    with pytest.raises(OrganizationUnknown) as refused:
        require_open(after([]), "part_of")
    assert refused.value.field == "part_of"
