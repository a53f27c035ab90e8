"""The words that the description of the API is written in: shapes, parameters, operations, examples.

A name that ends in ? is a field that may be absent.
"""

from copy import deepcopy

Schema = dict


def text(about: str = "", **more) -> Schema:
    return described({"type": "string", **more}, about)


def number(about: str = "", **more) -> Schema:
    return described({"type": "number", **more}, about)


def integer(about: str = "", **more) -> Schema:
    return described({"type": "integer", **more}, about)


def boolean(about: str = "", **more) -> Schema:
    return described({"type": "boolean", **more}, about)


def instant(about: str = "") -> Schema:
    return described({"type": "string", "format": "date-time"}, about)


def millis(about: str = "") -> Schema:
    return described({"type": "integer"}, (about + " Epoch milliseconds.").strip())


def minor(about: str = "", **more) -> Schema:
    return described({"type": "integer", **more}, (about + " Minor units.").strip())


def price(about: str = "") -> Schema:
    return described({"type": "number"}, (about + " Minor units, up to 12 decimals.").strip())


def one_of(*values: str, about: str = "") -> Schema:
    return described({"type": "string", "enum": list(values)}, about)


def listing(items: Schema, about: str = "", **more) -> Schema:
    return described({"type": "array", "items": items, **more}, about)


def mapping(about: str = "") -> Schema:
    """An object of the caller's own making."""
    return described({"type": "object", "additionalProperties": True}, about)


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def or_null(schema: Schema) -> Schema:
    if "$ref" in schema or "anyOf" in schema:
        return either(schema, {"type": "null"})
    schema = deepcopy(schema)
    schema["type"] = [schema["type"], "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema


def record(fields: dict[str, Schema], about: str = "") -> Schema:
    properties = {name.rstrip("?"): schema for name, schema in fields.items()}
    required = [name for name in fields if not name.endswith("?")]
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    return described(schema, about)


def described(schema: Schema, about: str) -> Schema:
    return {**schema, "description": about} if about else schema


def in_path(name: str, about: str) -> dict:
    return {"name": name, "in": "path", "required": True, "description": about, "schema": text()}


def in_query(name: str, about: str, schema: Schema | None = None, required: bool = False) -> dict:
    parameter = {"name": name, "in": "query", "description": about, "schema": schema or text()}
    return {**parameter, "required": True} if required else parameter


IDEMPOTENCY_KEY = {"$ref": "#/components/parameters/IdempotencyKey"}


def example(
    name: str,
    body=None,
    status: int = 200,
    keyless: bool = False,
    saves: dict | None = None,
    content_type: str = "",
    **parameters,
) -> dict:
    """A request that the tests send as it stands; a trailing _ keeps a parameter's name from meaning something here.

    `saves` says where the answer holds an id that later examples mean by the name given here.
    """
    made: dict = {"name": name, "status": status}
    if parameters:
        made["parameters"] = {name.removesuffix("_"): value for name, value in parameters.items()}
    if body is not None:
        made["body"] = body
    if content_type:
        made["contentType"] = content_type
    if keyless:
        made["keyless"] = True
    if saves:
        made["saves"] = saves
    return made


class Operation:
    """One method of one path. `answer` is the schema of a 200; `also` has other answers by status."""

    def __init__(
        self,
        method: str,
        path: str,
        summary: str,
        *,
        tag: str,
        examples: list[dict],
        about: str = "",
        parameters: tuple[dict, ...] = (),
        body: Schema | None = None,
        body_optional: bool = False,
        body_types: tuple[str, ...] = ("application/json",),
        answer: Schema | None = None,
        also: dict[int, dict] | None = None,
        errors: tuple[int, ...] = (),
        keyed: bool = True,
        idempotent: bool = False,
    ):
        self.method = method.lower()
        self.path = path
        self.value = {
            "operationId": operation_id(method, path),
            "summary": summary,
            "tags": [tag],
        }
        if about:
            self.value["description"] = about
        if not keyed:
            self.value["security"] = []
        if parameters or idempotent:
            chosen = list(parameters) + ([IDEMPOTENCY_KEY] if idempotent else [])
            self.value["parameters"] = [with_example(p, examples) for p in chosen]
        if body is not None:
            self.value["requestBody"] = {
                "required": not body_optional,
                "content": {kind: body_of(kind, body, examples, kind == body_types[0]) for kind in body_types},
            }
        self.value["responses"] = responses(answer, also or {}, errors, keyed)
        self.value["x-examples"] = examples


def operation_id(method: str, path: str) -> str:
    parts = [part.strip("{}") for part in path.split("/") if part]
    if parts[:1] == ["v1"] and parts[1:] != ["openapi.json"]:
        parts = parts[1:]
    return "-".join([method.lower(), *(parts or ["root"])])


def with_example(parameter: dict, examples: list[dict]) -> dict:
    name = parameter.get("name")
    shown = next((e["parameters"][name] for e in examples if name in e.get("parameters", {})), None)
    return parameter if shown is None else {**parameter, "example": shown}


def body_of(kind: str, body: Schema, examples: list[dict], first: bool) -> dict:
    content: dict = {"schema": body}
    shown = {
        e["name"]: {"value": e["body"]}
        for e in examples
        if "body" in e and e.get("contentType", kind if first else None) == kind
    }
    if shown:
        content["examples"] = shown
    return content


NAMES = {
    400: "BadRequest",
    401: "Unauthorized",
    404: "NotFound",
    409: "Conflict",
    410: "Gone",
    422: "TooLong",
    413: "TooLarge",
    415: "UnsupportedType",
    503: "Unavailable",
}


def responses(answer: Schema | None, also: dict[int, dict], errors: tuple[int, ...], keyed: bool) -> dict:
    made = {}
    if answer is not None:
        made[200] = {"description": "Done.", "content": {"application/json": {"schema": answer}}}
    made.update(also)
    statuses = set(errors) | {503} | ({401} if keyed else set())
    for status in statuses - made.keys():
        made[status] = {"$ref": f"#/components/responses/{NAMES[status]}"}
    return {str(status): made[status] for status in sorted(made)}


def answered(about: str, schema: Schema) -> dict:
    return {"description": about, "content": {"application/json": {"schema": schema}}}


# What is sent; answers have capitals.
CURRENCY_CODE = text("A code of ISO 4217, in either case.", pattern="^[A-Za-z]{3}$")
