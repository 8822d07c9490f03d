"""The load: the only room that imports locust.

A locustfile (`actions.py`) and what it is made of: what to call (`preparing`, `selection`, `payloads`),
when (`arrivals`), how (`transport`, `calling`), the record (`recorder`), the generator's own figures
(`self_check`), and the run from start to end (`session`, `lifecycle`). Import as `loadtests.<module>`;
never import `actions`, which Locust loads under that name itself.
"""
