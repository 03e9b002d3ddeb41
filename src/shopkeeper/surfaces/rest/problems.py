"""What went wrong, as `application/problem+json` (RFC 9457) that says asked, found and do.

The members of an error of `shopkeeper.errors` come beside those of the standard; nothing of a request
is repeated but what was declared, and no more of it than a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import errors
from shopkeeper.errors import ShopkeeperError, UsageError
from shopkeeper.surfaces.rest.wanted import language_of
from shopkeeper.words import Words

MEDIA_TYPE = "application/problem+json"
STATUSES: tuple[tuple[type[ShopkeeperError], int], ...] = (
    (errors.ShopNotFoundError, 503),
    (errors.SettingsError, 503),
    (errors.ArtifactError, 503),
    (errors.UnreadableFileError, 503),
    (errors.StorageError, 503),
    (errors.UsageError, 422),
    (errors.MissingExtraError, 422),
    (errors.DataError, 409),
    (errors.GenerationError, 502),
)
"""Class of an error → HTTP status; the first that fits. 409: the shop lacks what the question needs."""

TITLES = {
    400: Words("The request cannot be read", "请求无法读取"),
    401: Words("A token is needed", "需要令牌"),
    403: Words("Not allowed", "没有权限"),
    404: Words("There is no such thing", "找不到"),
    405: Words("Not that way", "请求方法不对"),
    406: Words("Not in that format", "没有这种格式"),
    408: Words("Too slow", "太慢"),
    409: Words("The shop does not have what that needs", "店铺缺少所需数据"),
    413: Words("Too large", "太大"),
    415: Words("Not a kind of content that is read here", "无法读取这种内容"),
    421: Words("Not addressed to this server", "请求的不是本服务"),
    422: Words("The question cannot be asked so", "不能这样提问"),
    429: Words("Too many requests", "请求过多"),
    500: Words("A defect", "程序缺陷"),
    502: Words("A language model gave no usable answer", "语言模型没有给出可用的结果"),
    503: Words("The shop cannot be read now", "店铺暂时无法读取"),
}


class Refused(Exception):  # noqa: N818 — it carries an error, it is not one of the user's
    """A request that is not carried out.

    Parameters
    ----------
    status
        HTTP status.
    error
        What to tell.
    headers
        Further headers.
    """

    def __init__(
        self, status: int, error: ShopkeeperError, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.error, self.headers = status, error, dict(headers or {})
        super().__init__(str(error))


def status_of(error: ShopkeeperError) -> int:
    """Return the HTTP status of an error.

    Examples
    --------
    >>> words = Words("A.", "甲。")
    >>> status_of(errors.MissingDataError(words, words, words))
    409
    """
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def document_of(error: ShopkeeperError, status: int, lang: str) -> dict[str, Any]:
    """Return the members of a problem document."""
    told = error.to_dict(lang)
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__.removesuffix("Error")).lower()
    return {
        "type": f"urn:shopkeeper:problem:{name}",
        "title": TITLES.get(status, TITLES[400]).get(lang),
        "status": status,
        "detail": error.text(lang),
        "asked": told["asked"],
        "found": told["found"],
        "do": told["do"],
    }


def response_of(
    request: Request,
    error: ShopkeeperError,
    status: int,
    *,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """Return the response that tells an error in the language of the request.

    Whoever asked for a page is told by a page.

    Parameters
    ----------
    request
        The request.
    error
        What to tell.
    status
        HTTP status.
    headers
        Further headers.
    more
        Further members of the document.
    """
    pages = getattr(getattr(request.scope.get("app"), "state", None), "pages", None)
    if pages is not None and pages.owns(request.url.path):
        page: Response = pages.error(request, error, status, dict(headers or {}))
        return page
    lang = language_of(request)
    document = document_of(error, status, lang) | dict(more or {})
    document["request_id"] = request.scope.get("state", {}).get("request_id", "")
    return Response(
        json.dumps(document, ensure_ascii=False),
        status,
        {"Cache-Control": "no-store", "Content-Language": lang, **(headers or {})},
        MEDIA_TYPE,
    )


def refusal(
    status: int, asked: Words, found: Words, do: Words, headers: Mapping[str, str] | None = None
) -> Refused:
    """Return a refusal in words."""
    return Refused(status, UsageError(asked, found, do), headers)


def nothing_there(asked: Words, do: Words) -> Refused:
    """Return the refusal of something that is not there."""
    return refusal(404, asked, Words("There is no such thing.", "没有这个内容。"), do)


def too_long(name: str, most: int) -> Refused:
    """Return the refusal of a text that is longer than it may be, instead of a part of it."""
    return refusal(
        422,
        Words("Asked for a page.", "要打开一个页面。"),
        Words(f"{name}: it is longer than {most} characters.", f"{name}：超过 {most} 个字符。"),
        Words("Give less text.", "请缩短后重试。"),
    )


# What pydantic says of a value that cannot be used ----------------------------------------------------

_SAID = {
    "extra_forbidden": Words("there is no such parameter", "没有这个参数"),
    "missing": Words("it is missing", "缺少这一项"),
    "int_parsing": Words("it should be a whole number", "应为整数"),
    "int_type": Words("it should be a whole number", "应为整数"),
    "int_from_float": Words("it should be a whole number", "应为整数"),
    "int_parsing_size": Words("the number is too large", "数值过大"),
    "float_parsing": Words("it should be a number", "应为数字"),
    "float_type": Words("it should be a number", "应为数字"),
    "finite_number": Words("it should be a finite number", "应为有限的数"),
    "bool_parsing": Words("it should be true or false", "应为 true 或 false"),
    "bool_type": Words("it should be true or false", "应为 true 或 false"),
    "string_type": Words("it should be text", "应为文字"),
    "string_too_long": Words("it is longer than {max_length} characters", "超过 {max_length} 个字符"),
    "string_pattern_mismatch": Words("it holds signs that cannot be used", "含有不能使用的字符"),
    "literal_error": Words("it should be {expected}", "只能是 {expected}"),
    "greater_than_equal": Words("it should be at least {ge}", "不能小于 {ge}"),
    "less_than_equal": Words("it should be at most {le}", "不能大于 {le}"),
    "json_invalid": Words("it is no JSON", "不是有效的 JSON"),
    "model_attributes_type": Words("it should be a JSON object", "应为 JSON 对象"),
    "dict_type": Words("it should be a JSON object", "应为 JSON 对象"),
}  # fmt: skip
_OTHERWISE = Words("it cannot be used", "这个值不可用")
_LONGEST_NAME, _MOST_TOLD = 40, 10


def invalid(request: Request, found: Sequence[Mapping[str, Any]]) -> Response:
    """Return the response for values that cannot be used.

    Parameters
    ----------
    request
        The request.
    found
        What pydantic found, one mapping each.
    """
    error = UsageError(
        Words(f"Asked: {request.method} {_route(request)}.", f"请求：{request.method} {_route(request)}。"),
        told_of_values(found),
        Words(
            "Correct that; /openapi.json says what may be given.",
            "请改正；可用的参数见 /openapi.json。",
        ),
    )  # fmt: skip
    lang = language_of(request)
    listed = [{"name": _place(item), "found": _said(item).get(lang)} for item in found[:_MOST_TOLD]]
    return response_of(request, error, 422, more={"errors": listed})


def told_of_values(found: Sequence[Mapping[str, Any]]) -> Words:
    """Return in words what pydantic found of values that cannot be used."""
    told = [(_place(item), _said(item)) for item in found[:_MOST_TOLD]]
    return Words(
        "; ".join(f"{name}: {words.en}" for name, words in told) + ".",
        "；".join(f"{name}：{words.zh}" for name, words in told) + "。",
    )


def _place(item: Mapping[str, Any]) -> str:
    parts = [str(part) for part in item["loc"] if isinstance(part, str)]
    name = parts[-1] if parts else "body"
    return "".join(sign if sign.isprintable() else "?" for sign in name[:_LONGEST_NAME])


def _said(item: Mapping[str, Any]) -> Words:
    words = _SAID.get(item["type"], _OTHERWISE)
    context = item.get("ctx") or {}
    if "{" not in words.en:
        return words
    expected = str(context.get("expected", ""))
    context = context | {"expected": expected}
    chinese = context | {"expected": expected.replace(" or ", "、").replace(", ", "、")}
    return Words(words.en.format(**context), words.zh.format(**chinese))


def _route(request: Request) -> str:
    route = request.scope.get("route")
    return getattr(route, "path", "this address")
