"""The load: the only room that imports locust.

A locustfile (`actions.py`) and what it is made of: what to call (`preparing`, `selection`, `payloads`),
when (`arrivals`), how fast (`conductor`, `streams`), how (`transport`, `calling`), the record (`recorder`),
what watches it (`directing`, `guard`, `token_watch`), the generator's own figures (`self_check`, `grading`),
and the run from start to end (`session`, `one_run`, `lifecycle`). Import as `loadtests.<module>`; never
import `actions`, which Locust loads under that name itself.
"""
