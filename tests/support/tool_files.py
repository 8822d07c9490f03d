"""Files as other load tools write them, of calls whose truth is known: by each format's own documentation."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

START: Final = 1_790_000_000.0
STATUSES: Final = (200, 503, 404, 0)
"""Of a call: answered, failed, refused for its input; 0: the tool stopped waiting."""
OUTCOMES: Final[Mapping[int, str]] = {
    200: "ok", 503: "backend_error", 404: "invalid_input", 0: "client_timeout"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrueCalls:
    """Calls: when each began (Unix seconds), how long it took (whole milliseconds), how it was answered."""

    started_at: NDArray[np.float64]
    latency_ms: NDArray[np.float64]
    status: NDArray[np.int64]

    @property
    def outcomes(self) -> list[str]:
        return [OUTCOMES[int(status)] for status in self.status]

    def rows(self) -> list[tuple[float, int, int]]:
        whole = zip(self.started_at, self.latency_ms, self.status, strict=True)
        return [(float(at), int(took), int(status)) for at, took, status in whole]


def true_calls(n: int = 600, seed: int = 1) -> TrueCalls:
    rng = np.random.default_rng(seed)
    started = (START + np.round(np.cumsum(rng.exponential(0.1, n)), 3)).astype(np.float64)
    took = np.maximum(np.round(rng.lognormal(np.log(250), 0.5, n)), 1.0).astype(np.float64)
    status = rng.choice(STATUSES, size=n, p=(0.94, 0.02, 0.02, 0.02))
    return TrueCalls(started, took, status)


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")


JTL_HEADER: Final = (
    "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,"
    "sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect"
)
_GAVE_UP: Final = "Non HTTP response code: java.net.SocketTimeoutException"


def jtl_csv(
    calls: TrueCalls,
    *,
    header: bool = True,
    transactions: bool = False,
    stamp: Callable[[float], str] = lambda at: f"{at * 1e3:.0f}",
    message: str = "OK",
    delimiter: str = ",",
) -> str:
    out = io.StringIO()
    rows = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    if header:
        rows.writerow(JTL_HEADER.split(","))
    for at, took, status in calls.rows():
        code = str(status) if status else _GAVE_UP
        good = "true" if status == 200 else "false"
        tail = ("text", good, "", 300, 120, 4, 4, "http://b/x?id=7", took, 0, 1)
        rows.writerow((stamp(at), took, "Get customer", code, message, "Users 1-1", *tail))
        if transactions:
            summed = "Number of samples in transaction : 1, number of failing samples : 0"
            whole = ("", good, "", 300, 120, 4, 4, "null", 0, 0, 0)
            rows.writerow((stamp(at), took + 50, "Checkout", "200", summed, "Users 1-1", *whole))
    return out.getvalue()


def jtl_xml(calls: TrueCalls, *, transactions: bool = False) -> str:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testResults version="1.2">']
    for at, took, status in calls.rows():
        code = quoteattr(str(status) if status else _GAVE_UP)
        good = "true" if status == 200 else "false"
        sample = f'<httpSample t="{took}" ts="{at * 1e3:.0f}" s="{good}" lb="Get customer" rc={code} rm="OK"'
        page = (
            f'{sample}><httpSample t="3" ts="{at * 1e3:.0f}" s="true" lb="logo.png" rc="200"/></httpSample>'
        )
        if transactions:
            summed = "Number of samples in transaction : 1, number of failing samples : 0"
            whole = f'<sample t="{took + 50}" ts="1" s="true" lb="Checkout" rc="200" rm="{summed}">'
            page = f"{whole}{page}</sample>"
        lines.append(page)
    return "\n".join([*lines, "</testResults>"])


def k6_csv(calls: TrueCalls, stamp: Callable[[float], str] = lambda at: f"{at:.0f}") -> str:
    head = (
        "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,"
        "scenario,service,status,subproto,tls_version,url,extra_tags,metadata"
    )
    lines = [head]
    for at, took, status in calls.rows():
        code = "" if status == 200 else "1050" if status == 0 else f"1{status}"
        error = "request timeout" if status == 0 else ""
        tail = f",,{error},{code},,,GET,http://b/x/12,HTTP/1.1,default,,{status},,,http://b/x/12,,"
        ended = stamp(at + took / 1e3)
        lines += [f"{name},{ended},{value:.6f}{tail}" for name, value in (
            ("http_reqs", 1.0), ("http_req_duration", took), ("http_req_waiting", took - 0.5),
        )]  # fmt: skip
    return "\n".join([*lines, "vus,1790000000,4.0,,,,,,,,,,,,,,,,"])


def k6_json(calls: TrueCalls) -> str:
    lines = [json.dumps({"type": "Metric", "metric": "http_req_duration", "data": {"type": "trend"}})]
    for at, took, status in calls.rows():
        tags = {"method": "GET", "name": "http://b/x/12", "status": str(status), "url": "http://b/x/12"}
        if status != 200:
            tags["error_code"] = "1050" if status == 0 else f"1{status}"
        data = {"time": iso(at + took / 1e3), "value": float(took), "tags": tags}
        lines.append(json.dumps({"metric": "http_req_duration", "type": "Point", "data": data}))
        lines.append(json.dumps({"metric": "vus", "type": "Point", "data": {**data, "value": 3}}))
    return "\n".join(lines)


def vegeta_json(calls: TrueCalls) -> str:
    lines = [
        json.dumps(
            {
                "attack": "", "seq": number, "code": status, "timestamp": iso(at).replace("+00:00", "Z"),
                "latency": took * 1_000_000, "bytes_out": 0, "bytes_in": 2,
                "error": "" if status == 200 else _vegeta_error(status), "body": "b2s=",
                "method": "GET", "url": "http://b/x?id=7", "headers": {},
            }
        )
        for number, (at, took, status) in enumerate(calls.rows())
    ]  # fmt: skip
    return "\n".join(lines)


def vegeta_csv(calls: TrueCalls) -> str:
    return "\n".join(
        f'{at * 1e9:.0f},{status},{took * 1_000_000},0,2,"{_vegeta_error(status) if status != 200 else ""}",'
        f"b2s=,,{number},GET,http://b/x?id=7,"
        for number, (at, took, status) in enumerate(calls.rows())
    )


def _vegeta_error(status: int) -> str:
    if status:
        return f"{status} Service Unavailable"
    return "Get http://b/x: context deadline exceeded (Client.Timeout exceeded while awaiting headers)"


def locust_requests(calls: TrueCalls) -> str:
    lines = ["start_time,request_type,name,response_time,response_length,status_code,exception"]
    for at, took, status in calls.rows():
        error = "" if status == 200 else "ReadTimeout: timed out" if status == 0 else f"HTTPError {status}"
        lines.append(f"{at},GET,/x,{took},2,{status or ''},{error}")
    return "\n".join(lines)


def nginx_log(calls: TrueCalls) -> str:
    """Of `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent $request_time`."""
    lines = []
    for at, took, status in calls.rows():
        ended = datetime.fromtimestamp(at + took / 1e3, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
        lines.append(f'10.0.0.7 - - [{ended}] "GET /x?id=7 HTTP/1.1" {status or 499} 2 {took / 1e3:.3f}')
    return "\n".join(lines)


NGINX_PATTERN: Final = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent $request_time'
)


def alb_log(calls: TrueCalls) -> str:
    lines = []
    for at, took, status in calls.rows():
        ended = iso(at + took / 1e3).replace("+00:00", "Z")
        times = "-1 -1 -1" if status == 0 else f"0.000 {took / 1e3:.3f} 0.000"
        lines.append(
            f"https {ended} app/lb/50dc 10.0.0.7:1 10.0.0.9:80 {times} {status or 504} {status or '-'} 34 3 "
            f'"GET https://b:443/x?id=7 HTTP/1.1" "curl" TLS TLSv1.2 arn "Root=1" "b" 0 {ended} "forward"'
        )
    return "\n".join(lines)


def any_table(calls: TrueCalls) -> str:
    """As a German spreadsheet saves it: semicolons, decimal commas, a byte order mark, dates."""
    lines = ["\ufeffZeit;Dauer (s);Vorgang;HTTP"]
    for at, took, status in calls.rows():
        lines.append(f"{iso(at)};{took / 1e3:.3f}".replace(".", ",") + f";Kunde;{status or ''}")
    return "\r\n".join(lines)
