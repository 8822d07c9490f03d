"""Faults on demand: replies that are wrong in a chosen way, for a chosen share of requests.

A scenario (`[[faults]]`) or POST /sandbox/faults arms them. `faults_in_force` decides which one is hit,
`fault_kinds` has what each kind does, and `faulted_request` is what a kind works on.

To add a kind of fault:

1. Write one function in `fault_kinds.py`: `async def _empty_page(request: FaultedRequest) -> None`. It sends
   the reply, or raises an ErrorReply, or changes something and then calls `request.pass_on()`. What it can
   do: do the work and keep the reply (`request.work()`), send a changed reply (`request.send_reply()`), reset
   the connection, read the settings of the fault (`request.fault`).
2. Add one entry to `KINDS` in the same file: the name, what it does in words, the function.
3. Test it beside the others in tests/contract/sandbox/test_faults.py.

Scenarios, POST /sandbox/faults and GET /sandbox/faults know it then. A kind that needs a setting of its own
also takes a field of `Fault` (`fault.py`) and a line of `read_fault` (`read_fault.py`).
"""
