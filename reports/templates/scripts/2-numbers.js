// Numbers as the page writes them (reports/wording/numbers.py does the same; a test compares both).
const diag = (() => {
  const fixed = (value, decimals) => {
    // Half way goes to the even digit, as in Python; only a sum of halves, quarters ... is half way exactly.
    const scale = 10 ** decimals, floor = Math.floor(value * scale);
    const tie = Number.isInteger(value * 2 ** (decimals + 1)) && value * scale - floor === 0.5;
    const near = tie ? (floor + (floor % 2)) / scale : Number(value.toFixed(decimals));
    return near.toLocaleString("en", { maximumFractionDigits: decimals });
  };
  const plain = (value) => value === 0 ? "0"
    : fixed(value, Math.min(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))), 20));
  const count = (value) => fixed(value, 0);
  const latency = (ms) => Math.abs(ms) < 999.5 ? `${plain(ms)} ms` : `${plain(ms / 1000)} s`;
  const share = (value) => {
    const percent = value * 100;
    if (percent > 0 && percent < 0.01) return "< 0.01 %";
    if (percent < 1) return `${Number(percent.toPrecision(2))} %`;
    return `${fixed(percent, percent < 10 ? 1 : 0)} %`;
  };
  const duration = (seconds) => {
    if (seconds !== 0 && seconds < 1) return "under 1 s";
    const whole = Math.round(seconds);
    if (whole < 120) return `${whole} s`;
    if (whole < 600) return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
    if (whole < 7200) return `${Math.round(whole / 60)} min`;
    const minutes = Math.round(whole / 60), hours = Math.floor(minutes / 60);
    if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
    return hours % 24 ? `${Math.floor(hours / 24)} days ${hours % 24} h` : `${Math.floor(hours / 24)} days`;
  };
  const show = { plain, count, latency, share, duration };
  const text = (value, kind) => (value === null || value === undefined ? "–" : show[kind](value));

  // The report's JSON, read once, and only when something asks for it.
  let report;
  const at = (path) => {
    report ??= JSON.parse(document.getElementById("data").textContent);
    return path.split("/").slice(1).reduce((node, key) => (node ? node[key] : undefined), report);
  };
  return { at, text, share };
})();
