#!/usr/bin/env python3
"""Writes the description of the HTTP API, an OpenAPI document, from the words in this folder.

build.py FILE [LITERAL]  writes it, and to LITERAL the same as a literal of C++
build.py --check FILE    exits 1 when the file is not what would be written
"""

import json
import sys
from pathlib import Path

import catalog_shapes
import explain_shapes
import operations_money
import operations_reservations
import operations_usage
import operations_webhooks
import shapes
from operations_catalog import CLOCK, KEYS, OPERATIONS
from words import Operation, answered, ref

# The order in which the examples are run, but for methods of one path, which stand together.
ORDER: list[Operation] = [
    *OPERATIONS,
    *operations_usage.CUSTOMERS,
    *operations_money.SUBSCRIPTIONS,
    *operations_usage.USAGE,
    *operations_reservations.RESERVATIONS,
    *operations_usage.OVERRIDES,
    *operations_usage.ENTITIES,
    *operations_money.BILLING,
    *operations_money.PAYMENTS,
    *operations_money.PROVIDER_WEBHOOKS,
    *operations_webhooks.WEBHOOKS,
    *KEYS,
    *CLOCK,
]

ABOUT = """\
An event-sourced usage ledger with billing. It serves the runtime API of the Owostack SDK at `/v1` (and at `/api/v1`), and more.

Quantities and prices are exact decimals: JSON numbers are read from their text. Money is in minor units. Moments are ISO 8601 \
in UTC or, where it says so, epoch milliseconds. A write is on disk before it is answered, and counts once per idempotency key. \
Answers may grow fields: ignore what you do not know.

The `x-examples` of an operation are what the tests send, in the order of this document; `saves` names an id of the answer that \
later examples mean by that name."""


def error(about: str, retries: bool = False) -> dict:
    response = answered(about, ref("Error"))
    if retries:
        response["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return response


COMPONENTS = {
    "securitySchemes": {
        "key": {"type": "http", "scheme": "bearer", "description": "A secret key of the organisation, `sk_…`."}
    },
    "parameters": {
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The request counts once: the same key and body are answered as the first time, with `duplicate: true`; the "
            "same key with another body is 409 `idempotency_conflict`. At most 256 bytes, remembered for 35 days.",
            "schema": {"type": "string", "maxLength": 256},
        }
    },
    "responses": {
        "BadRequest": error("The request is malformed, or a rule refuses it."),
        "Unauthorized": error("No key, or an unknown or revoked one."),
        "NotFound": error("What the request names is not there."),
        "Conflict": error("It contradicts what is there, or its idempotency key was used for something else."),
        "Gone": error("The log does not reach back that far."),
        "TooLarge": error("Too many items, or too many bytes."),
        "UnsupportedType": error("Another content type is needed."),
        "TooLong": error("More of the ledger would have to be read than one request may."),
        "Unavailable": error("The log does not take it, or the server is starting or stopping: send it again.", retries=True),
    },
}


REF = "#/components/schemas/"
# What is in them is the caller's own: CloudEvents may have attributes of their producers', and providers send what they like.
OPEN_BODIES = ("/v1/events", "/webhooks/")


def names_in(value) -> set[str]:
    """The schemas that are referred to, directly."""
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    if not isinstance(value, dict):
        return set()
    named = {value["$ref"].removeprefix(REF)} if "$ref" in value else set()
    return named.union(*map(names_in, value.values()))


def reached(value, schemas: dict) -> set[str]:
    found: set[str] = set()
    left = names_in(value) & schemas.keys()
    while left:
        found |= left
        left = set().union(*(names_in(schemas[name]) for name in left)) & schemas.keys() - found
    return found


def close(schema, schemas: dict, shared: set[str]):
    """The schema of what is sent: objects have the fields that are described and no others. What answers have too is
    written out, since answers may grow."""
    if isinstance(schema, list):
        return [close(each, schemas, shared) for each in schema]
    if not isinstance(schema, dict):
        return schema
    name = schema.get("$ref", "").removeprefix(REF)
    if name in shared:
        return close(schemas[name], schemas, shared)
    closed = {key: close(value, schemas, shared) for key, value in schema.items()}
    if "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed


def close_requests(made: dict, schemas: dict) -> dict:
    """Closes every body in place; gives the schemas, of which those of requests are closed."""
    operations = [(path, each) for path, methods in made.items() for each in methods.values()]
    closed = [each for path, each in operations if not path.startswith(OPEN_BODIES) and "requestBody" in each]
    sent = set().union(*(reached(each["requestBody"], schemas) for each in closed))
    answered = set().union(*(reached(each["responses"], schemas) for _, each in operations))
    for each in closed:
        for content in each["requestBody"]["content"].values():
            content["schema"] = close(content["schema"], schemas, sent & answered)
    return {
        name: close(schema, schemas, sent & answered) if name in sent - answered else schema
        for name, schema in schemas.items()
    }


def paths() -> dict:
    # A path stands where its first method does.
    made: dict = {}
    for operation in ORDER:
        methods = made.setdefault(operation.path, {})
        if operation.method in methods:
            raise ValueError(f"{operation.method} {operation.path} is described twice")
        methods[operation.method] = operation.value
    return made


def document() -> dict:
    schemas = {**shapes.SCHEMAS, **catalog_shapes.SCHEMAS, **operations_usage.SCHEMAS, **operations_money.SCHEMAS}
    schemas |= operations_webhooks.SCHEMAS | explain_shapes.SCHEMAS
    made = paths()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Quipu",
            "version": "1",
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:8080", "description": "As `quipu serve` listens."}],
        "security": [{"key": []}],
        "tags": [{"name": name} for name in dict.fromkeys(operation.value["tags"][0] for operation in ORDER)],
        "paths": made,
        "components": {"schemas": close_requests(made, schemas), **COMPONENTS},
    }


def main() -> int:
    text = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
    match sys.argv[1:]:
        case ["--check", file]:
            if Path(file).read_text(encoding="utf-8") == text:
                return 0
            print(f"{file} is not what docs/openapi/build.py writes now", file=sys.stderr)
            return 1
        case [file]:
            Path(file).write_text(text, encoding="utf-8")
        case [file, literal]:
            Path(file).write_text(text, encoding="utf-8")
            Path(literal).write_text(f'R"openapi({text})openapi"\n', encoding="utf-8")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
