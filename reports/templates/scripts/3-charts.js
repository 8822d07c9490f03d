// Charts: read values off them, try a timeout, enlarge them.
(() => {
  const LEFT = 52, WIDTH = 494, BOTTOM = 22, VIEW = 560;
  const ENDS = { from_ms: "to_ms", start_s: "end_s", low: "high" };
  const element = (name, className, parent) => {
    const made = document.createElement(name);
    made.className = className;
    parent.append(made);
    return made;
  };
  const lineIn = (svg, className) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "path");
    made.setAttribute("class", className);
    made.setAttribute("fill", "none");
    svg.append(made);
    return made;
  };
  const dataOf = (figure) => diag.at(figure.closest("[data-at]").dataset.at).figures[figure.dataset.figure];
  const placeOn = ([scale, low, high]) => {
    const f = scale === "log" ? (value) => Math.log10(Math.max(value, low)) : (value) => value;
    return (value) => LEFT + (WIDTH * (f(value) - f(low))) / (f(high) - f(low));
  };

  // One reading per row of the chart's numbers; the pointer picks the nearest, the slider goes from one to the next.
  const reader = (figure, drawing, svg, data, bottom) => {
    const place = placeOn(data.axis), first = data.fields.indexOf(data.columns[0][1][0]);
    const last = data.fields.indexOf(ENDS[data.fields[first]] ?? data.fields[first]);
    const middle = data.axis[0] === "log"
      ? (row) => Math.sqrt(Math.max(row[first], data.axis[1]) * Math.max(row[last], data.axis[1]))
      : (row) => (row[first] + row[last]) / 2;
    const places = data.rows.map((row) => place(middle(row)));
    const reading = (row, [head, fields, kind]) => {
      const ends = fields.map((name) => diag.text(row[data.fields.indexOf(name)], kind));
      return [head.replace(/ \(.*\)/, ""), [...new Set(ends)].join(" to ")];
    };
    const cross = lineIn(svg, "cross"), tip = element("div", "tip", drawing), input = element("input", "read", drawing);
    tip.hidden = true;
    tip.setAttribute("aria-hidden", "true");
    Object.assign(input, { type: "range", min: 0, max: places.length - 1, value: 0 });
    input.setAttribute("aria-label", `Read values: ${figure.querySelector("h4").textContent.trim()}`);
    const show = () => {
      const index = Number(input.value), x = places[index];
      const pairs = data.columns.map((column) => reading(data.rows[index], column));
      input.setAttribute("aria-valuetext", pairs.map((pair) => pair.join(" ")).join(", "));
      tip.replaceChildren(...pairs.map(([head, value]) => {
        const line = document.createElement("p"), number = document.createElement("b");
        number.textContent = value;
        line.append(`${head} `, number);
        return line;
      }));
      tip.hidden = false;
      tip.style.left = `${(100 * x) / VIEW}%`;
      tip.classList.toggle("before", x > VIEW / 2);
      cross.setAttribute("d", `M${x.toFixed(1)} 18V${bottom}`);
    };
    const hide = () => { tip.hidden = true; cross.setAttribute("d", ""); };
    input.addEventListener("input", show);
    input.addEventListener("focus", show);
    input.addEventListener("blur", hide);
    drawing.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect(), x = ((event.clientX - box.left) / box.width) * VIEW;
      input.value = places.reduce((best, at, index) => (Math.abs(at - x) < Math.abs(places[best] - x) ? index : best), 0);
      show();
    });
    drawing.addEventListener("pointerleave", () => { if (document.activeElement !== input) hide(); });
  };

  // A slider under each survival curve says what a timeout would cut off.
  const trial = (drawing, svg, data, bottom, number) => {
    const place = placeOn(data.axis), line = lineIn(svg, "trial"), known = data.cut_off_by_timeout;
    const some = (share) => (share === 0 ? "none of these calls" : `${diag.share(share)} of these calls`);
    const box = document.createElement("div");
    box.className = "try";
    box.innerHTML = '<label>Try a timeout</label><input type="range" min="1" max="60" step="1"><output></output>';
    const [label, input, output] = box.children;
    input.id = `try-${number}`;
    label.htmlFor = input.id;
    input.value = drawing.dataset.start;
    const show = () => {
      const timeout = Number(input.value), share = known[Math.min(timeout, known.length) - 1];
      const text = share !== null ? `${timeout} s would cut off ${some(share)}`
        : `${timeout} s: unknown, at most ${some(data.cut_off_at_most)}`;
      output.textContent = text;
      input.setAttribute("aria-valuetext", text);
      const x = place(timeout * 1000);
      line.setAttribute("d", x >= LEFT && x <= LEFT + WIDTH ? `M${x.toFixed(1)} 18V${bottom}` : "");
    };
    input.addEventListener("input", show);
    show();
    drawing.after(box);
  };

  // The same figure, as large as the window; Escape or the button puts it back.
  const enlarger = (figure) => {
    const head = figure.querySelector("h4"), button = document.createElement("button");
    const label = head.textContent.trim();
    let dialog, mark;
    button.type = "button";
    button.className = "enlarge";
    head.after(button);
    const name = (open) => { button.textContent = open ? "Close" : "Enlarge"; button.ariaLabel = `${button.textContent}: ${label}`; };
    const back = () => { mark.replaceWith(figure); dialog.remove(); dialog = undefined; name(false); button.focus(); };
    button.addEventListener("click", () => {
      if (dialog) return dialog.close();
      mark = document.createComment("");
      figure.replaceWith(mark);
      dialog = element("dialog", "large", mark.parentNode);
      dialog.setAttribute("aria-label", label);
      dialog.append(figure);
      dialog.addEventListener("close", back);
      dialog.showModal();
      name(true);
      button.focus();
    });
    name(false);
  };

  document.querySelectorAll("figure[data-figure]").forEach((figure, number) => {
    const drawing = figure.querySelector(".drawing"), svg = drawing.firstElementChild, data = dataOf(figure);
    const bottom = svg.viewBox.baseVal.height - BOTTOM;
    if (data.cut_off_by_timeout) trial(drawing, svg, data, bottom, number);
    reader(figure, drawing, svg, data, bottom);
    enlarger(figure);
  });
})();
