// The table of recommendations: sort, filter, copy as CSV.
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const entry = (row) => diag.at(row.dataset.at);
  const say = (text) => { byId("status").textContent = text; };

  // Sort: a button in each head; the third press brings back the order of urgency.
  const key = (row, column) => {
    const cell = row.cells[column];
    if ("sort" in cell.dataset) return cell.dataset.sort || null;
    const number = column > 1 && cell.querySelector("[data-f]");
    if (number) return entry(row)[number.dataset.f];
    return cell.querySelector(".none") ? null : cell.textContent.trim();
  };
  const compare = (a, b) => {
    if (a === null || b === null) return (a === null) - (b === null);
    const x = Number(a), y = Number(b);
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, "en", { numeric: true }) : x - y;
  };
  const heads = [...table.tHead.rows[0].cells];
  const sort = (column, direction) => {
    const sign = direction === "descending" ? -1 : 1;
    const ordered = direction ? [...rows].sort((a, b) => {
      const x = key(a, column), y = key(b, column);
      return x === null || y === null ? compare(x, y) : sign * compare(x, y);
    }) : rows;
    body.append(...ordered);
  };
  heads.forEach((head, column) => {
    if (head.classList.contains("wide")) return;
    const label = head.textContent.trim();
    const button = document.createElement("button");
    const show = () => { button.textContent = { ascending: "▲", descending: "▼" }[head.ariaSort] || "⇅"; };
    button.type = "button";
    button.className = "sort";
    button.ariaLabel = `Sort by ${label}`;
    button.addEventListener("click", () => {
      const first = head.classList.contains("number") ? "descending" : "ascending";
      const second = first === "ascending" ? "descending" : "ascending";
      const next = { [first]: second, [second]: null }[head.ariaSort];
      const direction = next === undefined ? first : next;
      heads.forEach((other) => { other.removeAttribute("aria-sort"); });
      if (direction) head.ariaSort = direction;
      sort(column, direction);
      table.querySelectorAll(".sort").forEach((other) => other.dispatchEvent(new Event("show")));
      say(direction ? `Sorted by ${label}, ${direction}` : "Most urgent first");
    });
    button.addEventListener("show", show);
    show();
    head.append(button);
  });

  // Filter: rows of the table and the parts below.
  const filter = byId("filter");
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row) => {
      const text = `${row.cells[0].textContent} ${row.cells[1].textContent} ${row.dataset.action}`.toLowerCase();
      const fits = words.every((word) => text.includes(word));
      row.hidden = !fits;
      document.querySelector(row.cells[0].firstElementChild.hash).closest("details").hidden = !fits;
      shown += fits;
    });
    say(words.length ? `${shown} of ${rows.length} actions` : "");
  };
  filter.addEventListener("input", apply);
  if (filter.value) apply();

  // Copy what is shown, in the order shown; a cell that a spreadsheet would run as a formula is disarmed.
  const columns = [
    "action_id", "action_name", "verdict", "current_timeout_s", "recommended_timeout_s", "p50_ms", "p95_ms",
    "p99_ms", "p99_lower_ms", "p99_upper_ms", "samples", "ok", "timeouts", "cut_off_now", "cut_off_after",
    "grade", "worst_wait_s", "concurrency_share", "invented_share", "source", "reason",
  ];
  const cell = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    let text = String(value).replace(/[\p{Cc}\p{Cf}]/gu, " ");
    if (/^\s*[=+\-@＝＋－＠]/.test(text)) text = `'${text}`;
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const csv = () => {
    const shown = [...body.rows].filter((row) => !row.hidden).map(entry);
    return [columns, ...shown.map((one) => columns.map((column) => cell(one[column])))]
      .map((line) => line.join(",")).join("\r\n") + "\r\n";
  };
  const copyOldWay = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("refused"));
  };
  byId("copy").addEventListener("click", () => {
    const text = csv();
    const lines = [...body.rows].filter((row) => !row.hidden).length;
    const done = () => say(`Copied ${lines} rows`);
    const copied = navigator.clipboard ? navigator.clipboard.writeText(text).catch(() => copyOldWay(text)) : copyOldWay(text);
    copied.then(done, () => say("The browser did not allow copying."));
  });
  byId("tools").hidden = false;
})();
