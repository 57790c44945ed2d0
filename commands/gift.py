"""Commands about gifts: say which pieces of a sale are given, or kept, and put it right."""

from collections.abc import Callable, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands import till
from commands.execute import Aside, Decision, execute
from commands.fields import Body, Day, Ordinal, Parts, Quantity, Switch, Word, example
from commands.needs import Needs, somebody
from commands.ports import Done, Ports, Request, Stream
from domain.access import Right, require
from domain.occasion import Source
from domain.sale import facts, gift_code, gifts
from domain.sale import state as sales
from domain.sale.events import Event
from domain.sale.facts import MOST_GIVERS
from domain.sale.gifts import Gift
from domain.sale.state import Sale

# --------------------------------------------------------------------------------------------------------------- bodies


class GiverOfGift(Body):
    """Somebody who gives. Parts 1 and 1 are half the gift each, 2 and 1 two thirds and one third."""

    client_id: UUID
    parts: Parts = 1


class OccasionOfGift(Body):
    """What it is for: as `GET /clients/{client_id}/gift-occasions` says it, or as the client does."""

    source: Source
    name: Word
    day: Day


class GiftOfLine(Body):
    """What is said of a gift, as far as anything is."""

    quantity: Annotated[
        Quantity | None, Field(description="How many pieces. Default: all of which nothing was said yet.")
    ] = None
    recipient_id: Annotated[UUID | None, Field(description="For whom it is. Default: it was not said.")] = None
    occasion: Annotated[OccasionOfGift | None, Field(description="What it is for. Default: no occasion.")] = None
    givers: Annotated[
        tuple[GiverOfGift, ...], Field(max_length=MOST_GIVERS, description="Default: the client of the sale.")
    ] = ()
    released_on: Annotated[
        Day | None,
        Field(description="From when on her own file may show it. Default: some days after the occasion, else never."),
    ] = None
    discreet: Annotated[
        Switch | None, Field(description="Whether her own file never shows it. Default: as it was, at first false.")
    ] = None

    def gift(self) -> Gift:
        of = self.occasion
        return Gift(
            self.recipient_id,
            facts.GiftOccasion(of.source, of.name, of.day) if of else None,
            tuple(facts.Giver(giver.client_id, giver.parts) for giver in self.givers),
            self.quantity,
            self.released_on,
            self.discreet,
        )

    def along_with_sale(self, ordinal: int, ports: Ports) -> Aside[Sale]:
        """What a sale says of its line, so that whatever is wrong with it never stands in the way of the sale."""
        field, said, policy = f"lines.{ordinal - 1}.gift", self.gift(), ports.policy.gifts
        code = gift_code.receipt_code(ports.new_id())

        def decide(now: Sale, just_recorded: bool) -> list[Event]:
            return gifts.mark_with_sale(now, ordinal, said, code, policy, field, just_recorded=just_recorded)

        return Aside(decide, self.people(f"{field}."))

    def people(self, field: str = "") -> Needs:
        """Whoever is named is somebody the house knows, and the caller sees."""
        named = {giver.client_id: somebody(f"{field}givers") for giver in self.givers}
        return {**named, self.recipient_id: somebody(f"{field}recipient_id")} if self.recipient_id else named


_EXAMPLE = {
    "quantity": 1,
    "recipient_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
    "occasion": {"source": "own", "name": "birthday", "day": "2026-06-14"},
}


class MarkGift(GiftOfLine):
    """Pieces of a line are a gift. What was proposed is confirmed with its id, and once however often."""

    model_config = example(ordinal=1, **_EXAMPLE)
    ordinal: Annotated[Ordinal, Field(description="Which line of the sale, counted from 1.")]
    proposal_id: Annotated[UUID | None, Field(description="The proposal that is confirmed: the mark has its id.")] = (
        None
    )


class RemarkGift(GiftOfLine):
    """What a mark should say instead. Left out, the quantity stays, and so does discretion."""

    model_config = example(**_EXAMPLE)


class KeepForHerself(Body):
    """The client bought it for herself: pieces of a line, all that is left of it, or everything that is left."""

    model_config = example(ordinal=1)
    ordinal: Annotated[Ordinal | None, Field(description="Which line. Default: all of them.")] = None
    quantity: Annotated[Quantity | None, Field(description="How many pieces. Default: all that are left.")] = None


class SetRelease(Body):
    """From when on her own file may show a gift; null: on no day until one is set."""

    model_config = example(released_on="2026-06-21")
    released_on: Day | None = None
    discreet: Annotated[Switch, Field(description="Never, whatever happens.")] = False


class DeclineProposal(Body):
    """It is not the gift that was proposed. This proposal does not come back."""

    model_config = example(proposal_id="0f1e2d3c-4b5a-5687-8796-a5b4c3d2e1f0", ordinal=1)
    proposal_id: UUID
    ordinal: Ordinal


# ------------------------------------------------------------------------------------------------------------- handlers


def mark_gift(sale_id: UUID, body: MarkGift, ports: Ports, request: Request) -> Done:
    mark_id = body.proposal_id or ports.new_id()
    code = gift_code.receipt_code(ports.new_id())
    policy = ports.policy.gifts
    return _about(
        sale_id,
        mark_id,
        ports,
        request,
        lambda now: gifts.mark(now, mark_id, body.ordinal, body.gift(), code, policy),
        body.people(),
    )


def remark_gift(sale_id: UUID, mark_id: UUID, body: RemarkGift, ports: Ports, request: Request) -> Done:
    code = gift_code.receipt_code(ports.new_id())
    policy = ports.policy.gifts
    return _about(
        sale_id,
        mark_id,
        ports,
        request,
        lambda now: gifts.remark(now, mark_id, body.gift(), code, policy),
        body.people(),
    )


def keep(sale_id: UUID, body: KeepForHerself, ports: Ports, request: Request) -> Done:
    id = ports.new_id()
    return _about(sale_id, sale_id, ports, request, lambda now: gifts.keep(now, id, body.ordinal, body.quantity))


def remove_mark(sale_id: UUID, mark_id: UUID, ports: Ports, request: Request) -> Done:
    return _about(sale_id, mark_id, ports, request, lambda now: gifts.remove(now, mark_id))


def set_release(sale_id: UUID, mark_id: UUID, body: SetRelease, ports: Ports, request: Request) -> Done:
    return _about(
        sale_id,
        mark_id,
        ports,
        request,
        lambda now: gifts.release(now, mark_id, body.released_on, discreet=body.discreet),
    )


def decline_proposal(sale_id: UUID, body: DeclineProposal, ports: Ports, request: Request) -> Done:
    id = body.proposal_id
    return _about(sale_id, id, ports, request, lambda now: gifts.decline(now, id, body.ordinal))


def _about(
    sale_id: UUID,
    subject_id: UUID,
    ports: Ports,
    request: Request,
    decide: Callable[[Sale], Sequence[Event]],
    needs: Needs | None = None,
) -> Done:
    require(request.caller, Right.RECORD_SALES)
    decision = Decision(Stream(sale_id, sale_id), sales.after, decide, subject_id, needs=needs or {}, whose=till.whose)
    return execute(ports, request, decision)
