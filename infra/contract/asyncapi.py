"""The contract with subscribers as one AsyncAPI 3 document: topic, key, headers, and a message for each stored name."""

from collections.abc import Iterable
from typing import Any, Final

from infra.broker.topics import Topics
from infra.contract.schemas import Schema

VERSION: Final = "3.0.0"
KAFKA_BINDING: Final = "0.5.0"

_TEXT: Final[Schema] = {"type": "string"}
_ID: Final[Schema] = {"type": "string", "format": "uuid"}

_PROMISE: Final = (
    "Every event of the house, in the order of each key, kept for ever. Delivered at least once, and once to who reads "
    "`read_committed`; to be de-duplicated by `ce_id`. Types and fields are added, never changed or taken away: leave "
    "aside what you do not know. What is personal is ciphertext."
)

_CARDS: Final = (
    "One current card for each client, in clear, without notes; compacted. At least once, and never an older one after "
    "a newer. Whoever is no client any more has a tombstone: forget her too. It stays for as long as "
    "`delete.retention.ms` says: who was away for longer begins with nothing, at the first offset."
)


def headers() -> Schema:
    """The CloudEvents attributes that every record carries."""
    required = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {**_ID, "description": "The event: what to de-duplicate by."},
        "ce_source": {**_TEXT, "description": "The log it is from: positions of another mean nothing here."},
        "ce_type": {**_TEXT, "description": "The stored name."},
        "ce_dataschema": {**_TEXT, "description": "The schema of the body, by its `$id`."},
        "ce_subject": {**_ID, "description": "The key."},
        "ce_sequence": {"type": "string", "pattern": "^[0-9]{20}$", "description": "The position in the log."},
        "ce_stream": {**_ID, "description": "The stream."},
        "ce_streamversion": {"type": "string", "pattern": "^[1-9][0-9]*$", "description": "The place in it, from 1."},
        "ce_time": {"type": "string", "format": "date-time", "description": "When it was recorded."},
        "content-type": {"const": "application/json"},
    }
    optional = {
        "ce_correlationid": {**_ID, "description": "The request that it came from."},
        "ce_causationid": {**_ID, "description": "The event that it came from."},
        "ce_traceparent": {
            "type": "string",
            "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
            "description": "The step of a trace that recorded it (W3C Trace Context).",
        },
    }
    return {"type": "object", "properties": required | optional, "required": list(required)}


def document(names: Iterable[str], topics: Topics) -> dict[str, Any]:
    """The whole document; the schemas of the bodies are files beside it."""
    messages = {name: _message(name) for name in sorted(names)}
    partitions, settings = topics.settings[topics.events]
    _, of_cards = topics.settings[topics.clients]
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "Carnet",
            "version": "1",
            "description": "What a house's client book tells its subscribers.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "events": {
                "address": topics.events,
                "description": _PROMISE,
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {
                    "kafka": {
                        "topic": topics.events,
                        "partitions": partitions,
                        "topicConfiguration": {
                            "cleanup.policy": [settings["cleanup.policy"]],
                            "retention.ms": int(settings["retention.ms"]),
                            "retention.bytes": int(settings["retention.bytes"]),
                            "max.message.bytes": int(settings["max.message.bytes"]),
                        },
                        "bindingVersion": KAFKA_BINDING,
                    }
                },
            },
            "clients": {
                "address": topics.clients,
                "description": _CARDS,
                "messages": {"card": {"$ref": "#/components/messages/card"}},
                "bindings": {
                    "kafka": {
                        "topic": topics.clients,
                        "partitions": partitions,
                        "topicConfiguration": {
                            "cleanup.policy": [of_cards["cleanup.policy"]],
                            "delete.retention.ms": int(of_cards["delete.retention.ms"]),
                        },
                        "bindingVersion": KAFKA_BINDING,
                    }
                },
            },
        },
        "operations": {
            "sendEvents": {
                "action": "send",
                "channel": {"$ref": "#/channels/events"},
                "summary": "The relay sends every event once it is in the log.",
            },
            "sendClients": {
                "action": "send",
                "channel": {"$ref": "#/channels/clients"},
                "summary": "A client's card is sent whenever something became of her.",
            },
        },
        "components": {
            "messages": messages | {"card": _card()},
            "schemas": {
                "headers": headers(),
                "key": {**_ID, "description": "The client, for all that belongs to one client; else the stream."},
            },
        },
    }


def _card() -> dict[str, Any]:
    return {
        "name": "card",
        "contentType": "application/json",
        "payload": {"$ref": "./card.json"},
        "bindings": {"kafka": {"key": {"$ref": "#/components/schemas/key"}, "bindingVersion": KAFKA_BINDING}},
    }


def _message(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {"$ref": f"./events/{name}.json"},
        "bindings": {"kafka": {"key": {"$ref": "#/components/schemas/key"}, "bindingVersion": KAFKA_BINDING}},
    }
