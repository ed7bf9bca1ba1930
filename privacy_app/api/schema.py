"""The OpenAPI 3.1 document from the same shapes that decode the bodies."""

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from privacy_app.api.problems import FROM_STATUS, MEDIA_TYPE, Problem, invalid
from privacy_app.api.shapes import Shape

Method = TypeVar("Method", bound=Callable[..., Any])


class ProblemReason(Shape):
    """Why. Decisions name the clause and the fields; bad input names the place."""

    code: str
    message: str
    pointer: str | None = None
    clause: str | None = None
    fields: list[str] | None = None


class ProblemShape(Shape):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    reasons: list[ProblemReason]


IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="A key of your own for this request, 1 to 255 visible ASCII characters, remembered for 24 hours.",
    examples=[OpenApiExample("Key", value="8e03978e-40d5-43dd-bc93-6894a57f9324")],
)

_PROBLEMS = {
    400: "The request is not valid; nothing was changed",
    401: "No token, or a spent one",
    403: "The token's scope does not reach this, or the gate permits nothing",
    404: "Missing, or not this client's",
    406: "Only JSON is offered",
    409: "In conflict with another request or with what is on record",
    413: "The body is too large",
    415: "Not JSON",
    422: "The Idempotency-Key was used for another request, or the change is refused",
    429: "Too many look-ups by address; `Retry-After` says when there are more",
    503: "A service this call needs is away; nothing was done",
}
_TITLES = {
    **FROM_STATUS,
    409: ("conflict", "In conflict with what is on record"),
    422: ("idempotency-key-reused", "This Idempotency-Key was used for another request"),
    503: ("unavailable", "Try again later"),
}


def _subclasses(cls: type[Shape]) -> Iterator[type[Shape]]:
    for child in cls.__subclasses__():
        yield child
        yield from _subclasses(child)


def _reference(shape: type[Shape]) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _problem_example(code: int) -> OpenApiExample:
    if code == 400:
        problem = invalid("$.purpose", "unknown_purpose", "This purpose is not known.")
    else:
        type_, title = _TITLES[code]
        problem = Problem(type_, title, status=code, detail=_PROBLEMS[code])
    return OpenApiExample(
        f"Problem {code}",
        value=problem.to_json(),
        response_only=True,
        status_codes=[str(code)],
        media_type=MEDIA_TYPE,
    )


def call(
    *,
    scope: str | None,
    summary: str,
    takes: type[Shape] | None = None,
    gives: type[Shape],
    answer: Any,
    status: int = 200,
    idempotent: bool = False,
    problems: tuple[int, ...] = (),
    parameters: tuple[OpenApiParameter, ...] = (),
    example: Any = None,
) -> Callable[[Method], Method]:
    """Document one call: what it takes and gives, with an example of each, its scope, and how it may fail.

    Without a scope it is public and takes no token.
    """
    guarded = () if scope is None else (401, 403)
    body = () if takes is None else (413, 415)
    codes = sorted({400, *guarded, 406, *body, *((409, 422) if idempotent else ()), *problems})
    examples = [
        OpenApiExample("Answer", value=answer, response_only=True, status_codes=[str(status)]),
        *(_problem_example(code) for code in codes),
    ]
    if takes is not None:
        examples.append(OpenApiExample("Request", value=example, request_only=True))
    auth: Any = [] if scope is None else [{"oauth2": [scope]}]
    return extend_schema(
        summary=summary,
        description="Public: no token is needed." if scope is None else f"The token needs the scope `{scope}`.",
        auth=auth,
        request={"application/json": _reference(takes)} if takes else None,
        parameters=[*parameters, *([IDEMPOTENCY_KEY] if idempotent else [])],
        responses={
            (status, "application/json"): OpenApiResponse(_reference(gives), description=gives.__doc__ or ""),
            **{
                (code, MEDIA_TYPE): OpenApiResponse(_reference(ProblemShape), description=_PROBLEMS[code])
                for code in codes
            },
        },
        examples=examples,
    )


class ApiSchema(AutoSchema):
    """Operation ids as `get_disclosures_by_id_data`, from the method and the path."""

    def get_operation_id(self) -> str:
        steps = self.path.removeprefix("/api/v1/").split("/")
        named = [
            "_".join(["by", *re.findall(r"\w+", step)]) if "{" in step else step.replace("-", "_") for step in steps
        ]
        return "_".join([self.method.lower(), *named])


def add_shapes(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Put every shape, and how tokens are had, among the components."""
    shapes = sorted(set(_subclasses(Shape)), key=lambda shape: shape.__name__)
    _, components = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    result.setdefault("components", {}).setdefault("schemas", {}).update(components)
    result["components"].setdefault("securitySchemes", {})["oauth2"] = {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": _scopes()}},
    }
    return result


def _scopes() -> dict[str, str]:
    from oauth2_provider.settings import oauth2_settings  # read late: settings name this module

    return dict(oauth2_settings.SCOPES)
