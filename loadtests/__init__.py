"""The load: the only house that imports Locust.

Who starts what, in the order in which it happens:

1.  `actions` is the locustfile. It registers a `run.locust_events.LocustEvents` with Locust, and defines what
    a user is: an `action_user.ActionStream`.
2.  `LocustEvents` listens to Locust. When Locust is ready it opens the org (`run.opened_run`) and decides
    what the run will do (`planning`); when a test starts it begins a `run.load_run.LoadRun`. In a worker
    process `workers.worker.WorkerProcess` takes its place, and begins a `workers.worker_run.WorkerRun`.
3.  The run makes its folder and its manifest (`recording.manifest_writer`). Without workers it then makes a
    `steering.session.Session`; with workers a `workers.master.MasterRun`, and each worker's run makes a
    session.
4.  A session builds everything that one process needs, and starts three greenlets: one that looks after
    itself (`recording.generator_figures`), and two that ask the `steering.director` for the rates five times
    a second, and once a second for whatever must change.
5.  Each Locust user runs `Session.stream`: its schedule (`sending.arrival_streams`) says when a call is due,
    `sending.in_flight` starts it if there is room, `sending.caller` sends it through `sending.transport`,
    judges the reply and has it written to disk (`recording.recorder`).
6.  A call that failed is handed to the director as a value (`sending.feedback`). Its policies answer with
    decisions, also values (`steering.decisions`): `guard`, `ramp`, `call_count`, `settled_actions`,
    `token_renewal`. Whatever concerns the whole run leaves the session through its `sending.session_link`.
7.  When the test stops, the session lets calls in flight end; the run counts what is there
    (`steering.run_outcome`), grades the generator (`recording.generator_grade`), decides how it ended
    (`run.status_and_exit_code`) and writes the last manifest.

Import as `loadtests.<room>.<module>`; never import `actions`, which Locust loads under that name itself.
"""
