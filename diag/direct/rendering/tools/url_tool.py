"""`$urlTool` and `$encoding`, which only Genesys Cloud has.

Source: help.mypurecloud.com, "Velocity macros for data actions".
"""

import base64
from typing import Final

from diag.direct.rendering.tools.escape_tool import own_method
from diag.direct.rendering.tools.tool import TemplateTool


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


URL_TOOL: Final = TemplateTool(
    methods={},
    refused={
        "optionalQueryParam": "what it writes is described nowhere that could be read, so it is not guessed; "
        'of known meaning is #if("$!input.x" != "")&x=$esc.url($input.x)#end'
    },
)
ENCODING_TOOL: Final = TemplateTool(methods={"base64": own_method("encoding.base64", _base64)})
