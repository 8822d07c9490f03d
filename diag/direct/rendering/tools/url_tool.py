"""`$urlTool` and `$encoding`, which only Genesys Cloud has.

Source: help.mypurecloud.com, "Velocity macros for data actions".
"""

import base64
from typing import Final

from diag.direct.rendering.tools.tool import Arguments, Method, TemplateTool
from diag.direct.rendering.velocity.java_values import Value, text_of


def _base64(arguments: Arguments) -> Value:
    value = arguments[0]
    return None if value is None else base64.b64encode(text_of(value).encode()).decode()


URL_TOOL: Final = TemplateTool(
    methods={}, refused={"optionalQueryParam": "which separators it writes is not published"}
)
ENCODING_TOOL: Final = TemplateTool(methods={"base64": Method(frozenset({1}), _base64)})
