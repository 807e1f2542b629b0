"use strict";
const liveSeconds = 60;
const zones = ["GREEN", "YELLOW", "SOFT_RED", "RED"];
const byId = (id) => document.getElementById(id);
const state = { range: "live", wans: new Map(), status: null, stored: new Map(), logEnd: 0 };

// Elements; text is always text.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
const number = (value, digits) => value == null ? "–" : value.toFixed(digits);
const rate = (value) => value == null ? "–" : value >= 100 ? value.toFixed(0) : value.toFixed(1);
function span(seconds) {
  if (seconds == null) return "–";
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

// What is drawn of a WAN.
function card(name) {
  const zone = {}, rates = {}, strip = make("canvas", { class: "strip" });
  for (const direction of ["download", "upload"]) {
    zone[direction] = make("span", { class: "pill" });
    rates[direction] = { canvas: make("canvas", { role: "img" }), value: make("b"), rest: make("span", { class: "quiet" }) };
  }
  const rtt = { canvas: make("canvas", { role: "img" }), value: make("b"), rest: make("span", { class: "quiet" }) };
  const key = (color, text, kind = "") => {
    const mark = make("i", { class: kind });
    mark.style[kind === "area" ? "background" : "color"] = `var(--${color})`;
    return make("span", { class: "key" }, mark, text);
  };
  const figure = (title, part, keys, kind, ...more) => make("figure", { class: kind },
    make("figcaption", {}, make("h3", { text: title }), part.value, part.rest, ...keys), part.canvas, ...more);
  const facts = make("dl");
  const section = make("section", { "aria-label": name },
    make("div", { class: "head" }, make("h2", { text: name }), zone.download, zone.upload),
    make("div", { class: "grid" },
      figure("Latency", rtt, [key("rtt", "measured"), key("load", "smoothed"), key("base", "baseline")], "wide", strip),
      figure("Download", rates.download, [key("limit", "limit"), key("carried", "carried", "area"), key("base", "ceiling, floors", "dash")], ""),
      figure("Upload", rates.upload, [key("limit", "limit"), key("carried", "carried", "area"), key("base", "ceiling, floors", "dash")], "")),
    facts);
  byId("wans").append(section);
  return { section, zone, rates, rtt, strip, facts, samples: [], carried: [] };
}
function wan(name) {
  if (!state.wans.has(name)) state.wans.set(name, card(name));
  return state.wans.get(name);
}
function fill(list, pairs) {
  const known = list.children;
  if (known.length !== pairs.length) list.replaceChildren(...pairs.map(() => make("div", {}, make("dt"), make("dd"))));
  pairs.forEach(([term, text, isBad], index) => {
    put(list.children[index].children[0], term);
    put(list.children[index].children[1], text);
    list.children[index].className = isBad ? "bad" : "";
  });
}

// Charts.
function surface(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = "11px system-ui, sans-serif";
  return { pen, width, height };
}
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
function ceilingOf(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value) || value;
}
const clock = (ms, range) => {
  const time = new Date(ms);
  const two = (value) => String(value).padStart(2, "0");
  if (range === "7d") return `${time.getDate()}.${time.getMonth() + 1}.`;
  const minutes = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return range === "live" ? `${minutes}:${two(time.getSeconds())}` : minutes;
};
const left = 44, right = 6, bottom = 18, top_ = 6;
function axes(canvas, view, highest) {
  const { pen, width, height } = surface(canvas);
  const peak = ceilingOf(highest);
  const x = (time) => left + (time - view.from) / (view.to - view.from) * (width - left - right);
  const y = (value) => height - bottom - Math.min(value / peak, 1) * (height - bottom - top_);
  pen.strokeStyle = color("line");
  pen.fillStyle = color("quiet");
  pen.lineWidth = 1;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const part of [0, 0.5, 1]) {
    const level = Math.round(y(peak * part)) + 0.5;
    pen.beginPath();
    pen.moveTo(left, level);
    pen.lineTo(width - right, level);
    pen.stroke();
    pen.fillText(String(+(peak * part).toPrecision(3)), left - 6, level);
  }
  pen.textBaseline = "alphabetic";
  const marks = width < 420 ? 2 : 4;
  for (let mark = 0; mark <= marks; mark++) {
    pen.textAlign = mark === 0 ? "left" : mark === marks ? "right" : "center";
    const time = view.from + (view.to - view.from) * mark / marks;
    pen.fillText(clock(time, state.range), x(time), height - 4);
  }
  pen.save();
  pen.beginPath();
  pen.rect(left, 0, width - left - right, height - bottom + 1);
  pen.clip();
  return { pen, x, y, height };
}
function trace(chart, points, name, width, { steps = false, gap = Infinity, area = false } = {}) {
  const { pen, x, y, height } = chart;
  pen.beginPath();
  let last = null, first = null;
  const close = () => {
    if (area && last) {
      pen.lineTo(x(last[0]), height - bottom);
      pen.lineTo(x(first[0]), height - bottom);
      pen.closePath();
    }
  };
  for (const point of points) {
    if (point[1] == null) continue;
    if (!last || point[0] - last[0] > gap) {
      close();
      pen.moveTo(x(point[0]), y(point[1]));
      first = point;
    } else {
      if (steps) pen.lineTo(x(point[0]), y(last[1]));
      pen.lineTo(x(point[0]), y(point[1]));
    }
    last = point;
  }
  close();
  if (area) {
    pen.fillStyle = color(name);
    pen.fill();
  } else {
    pen.strokeStyle = color(name);
    pen.lineWidth = width;
    pen.lineJoin = "round";
    pen.stroke();
  }
}
function rule(chart, value, dash) {
  if (value == null) return;
  const { pen, y } = chart;
  pen.save();
  pen.setLineDash(dash);
  pen.strokeStyle = color("base");
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(left, Math.round(y(value)) + 0.5);
  pen.lineTo(1e5, Math.round(y(value)) + 0.5);
  pen.stroke();
  pen.restore();
}
const zoneColor = (zone) => color(["green", "yellow", "soft", "red"][zone] || "line");
function drawStrip(canvas, view, rows) {
  const { pen, width, height } = surface(canvas);
  const x = (time) => left + (time - view.from) / (view.to - view.from) * (width - left - right);
  const each = height / 2;
  rows.forEach((points, row) => {
    if (points.every((point) => point[1] == null)) return;
    pen.fillStyle = color("quiet");
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    pen.fillText(row === 0 ? "down" : "up", left - 6, each * (row + 0.5));
    // Runs of the same zone, so that no seams are seen.
    let begin = null, zone = null, end = null;
    const flush = () => {
      if (begin == null || zone == null) return;
      const from = Math.max(Math.round(x(begin)), left), to = Math.min(Math.round(x(end)), width - right);
      pen.fillStyle = zoneColor(zone);
      if (to >= from) pen.fillRect(from, each * row + 2, Math.max(to - from, 1), each - 4);
    };
    points.forEach(([time, current], index) => {
      const next = points[index + 1]?.[0] ?? time + view.gap;
      if (current !== zone || time > end) {
        flush();
        begin = time;
        zone = current;
      }
      end = Math.min(next, time + view.gap);
    });
    flush();
  });
}

// One sample: [time in ms, measured, smoothed, baseline, download, upload, zones of both].
function draw() {
  for (const [name, card] of state.wans) {
    const isLive = state.range === "live";
    const stored = state.stored.get(name);
    if (!isLive && !stored) continue;
    const samples = isLive ? card.samples : stored.samples;
    const carried = isLive ? card.carried : [];
    const newest = samples.length ? samples[samples.length - 1][0] : Date.now();
    const view = isLive
      ? { from: newest - liveSeconds * 1000, to: newest, gap: 1000 }
      : { from: stored.from, to: stored.to, gap: stored.gap };
    const status = state.status?.wans?.find((each) => each.name === name);
    const points = (index) => samples.map((sample) => [sample[0], sample[index]]);
    let peak = 1;
    for (const sample of samples) for (const index of [1, 2, 3]) if (sample[0] >= view.from) peak = Math.max(peak, sample[index] || 0);
    const latency = axes(card.rtt.canvas, view, peak * 1.05);
    trace(latency, points(1), "rtt", 1, { gap: view.gap });
    trace(latency, points(3), "base", 1.5, { gap: view.gap });
    trace(latency, points(2), "load", 2, { gap: view.gap });
    latency.pen.restore();
    drawStrip(card.strip, view, [points(6), points(7)]);
    ["download", "upload"].forEach((direction, index) => {
      const part = status?.[direction];
      const chart = axes(card.rates[direction].canvas, view,
        Math.max(part?.ceiling_mbps || 0, ...samples.map((sample) => sample[4 + index] || 0)) * 1.04);
      trace(chart, carried.map((each) => [each[0], each[1 + index]]), "carried", 1, { area: true, gap: 5000 });
      rule(chart, part?.ceiling_mbps, [5, 4]);
      for (const floor of new Set(Object.values(part?.floor_mbps || {}))) rule(chart, floor, [1, 4]);
      trace(chart, points(4 + index), "limit", 2, { steps: true, gap: view.gap });
      chart.pen.restore();
    });
  }
}
let isDrawing = false;
function redraw() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    draw();
  });
}

// What comes in.
function takeCycles(list, names) {
  for (const [index, ...sample] of list) {
    const card = wan(names[index]);
    const last = card.samples[card.samples.length - 1];
    if (!last || sample[0] > last[0]) card.samples.push(sample);
  }
  for (const card of state.wans.values()) {
    const last = card.samples[card.samples.length - 1];
    if (!last) continue;
    const old = last[0] - (liveSeconds + 2) * 1000;
    card.samples = card.samples.filter((sample) => sample[0] >= old);
    card.carried = card.carried.filter((each) => each[0] >= old);
  }
}
function showWAN(status, time) {
  const card = wan(status.name);
  for (const direction of ["download", "upload"]) {
    const part = status[direction], pill = card.zone[direction];
    put(pill, `${direction === "download" ? "down" : "up"} ${part.zone}`);
    pill.className = `pill ${zones.includes(part.zone) ? part.zone : ""}`;
    put(card.rates[direction].value, `${rate(part.current_rate_mbps)} Mbit/s`);
    const carries = part.throughput_mbps == null ? "" : `carries ${rate(part.throughput_mbps)}, `;
    put(card.rates[direction].rest, `${carries}ceiling ${rate(part.ceiling_mbps)}`);
    card.rates[direction].canvas.setAttribute("aria-label",
      `${direction}: limit ${rate(part.current_rate_mbps)} of ${rate(part.ceiling_mbps)} Mbit/s, ${part.zone}`);
  }
  card.carried.push([time, status.download.throughput_mbps, status.upload.throughput_mbps]);
  put(card.rtt.value, `${number(status.load_rtt_ms, 1)} ms`);
  put(card.rtt.rest, `baseline ${number(status.baseline_rtt_ms, 1)}, delta ${number(status.rtt_delta_ms, 1)}${status.is_up ? "" : ", line down"}`);
  card.rtt.canvas.setAttribute("aria-label", `latency ${number(status.load_rtt_ms, 1)} ms, baseline ${number(status.baseline_rtt_ms, 1)} ms`);
  const router = status.router_connectivity;
  const budget = router.write_budget;
  fill(card.facts, [
    ["router", router.is_reachable ? `in reach over ${router.transport.toUpperCase()}` : `out of reach for ${span(router.outage_duration_seconds)}: ${router.failure || "no contact yet"}`, !router.is_reachable],
    ["writes to it", `${router.writes_last_hour} in the last hour, ${router.writes_last_day} in the last day`],
    ["write budget", budget ? `${number(budget.tokens, 0)} of ${budget.burst}` : "–"],
    ["answer to confirmation", `${number(status.reply_to_confirmation_ms.p50, 1)} ms, p99 ${number(status.reply_to_confirmation_ms.p99, 1)}`],
    ["age of samples", `${number(status.sample_age_ms, 2)} ms`],
    ["cycle", `${number(status.cycle_time_ms.p50, 2)} ms, p99 ${number(status.cycle_time_ms.p99, 2)}`],
    ["flash of the router", router.flash_sectors_written == null ? "–" : `${router.flash_sectors_written} sectors since its start`],
  ]);
}
function showSteering(status) {
  const place = byId("steering");
  if (!status?.steering) return place.replaceChildren();
  if (!place.firstChild) {
    place.append(make("section", { "aria-label": "steering" },
      make("div", { class: "head" }, make("h2", { text: "Steering" }), make("span", { class: "pill" }), make("span", { class: "quiet" })),
      make("dl")));
  }
  const [, pill, rest] = place.firstChild.firstChild.children;
  const { steering, congestion: { primary }, decision, counters, confidence } = status;
  put(pill, steering.state);
  pill.className = `pill ${steering.enabled ? "SOFT_RED" : "GREEN"}`;
  put(rest, `for ${span(decision.time_in_state_seconds)}, ${steering.mode.replace("_", " ")}${steering.target ? `, to ${steering.target}` : ""}`);
  fill(place.firstChild.lastChild, [
    ["primary", `${primary.state}${primary.is_dead ? ", dead" : ""}`],
    ["its RTT above baseline", `${number(primary.rtt_delta_ms, 1)} ms, smoothed ${number(primary.rtt_delta_average_ms, 1)}`],
    ["counters", `red ${counters.red_count}, good ${counters.good_count}`],
    ["confidence", confidence ? `${confidence.primary} of 100` : "–"],
    ["last action", decision.action ? `${decision.action} (${decision.reason}), ${decision.applied === "yes" ? "done" : decision.applied === "no" ? "failed" : "under way"}` : "–"],
    ["router", status.router_connectivity.is_reachable ? "in reach" : "out of reach", !status.router_connectivity.is_reachable],
    ...(status.targets || []).map((target) => [target.name, `rule ${target.rule_enabled === "yes" ? "on" : target.rule_enabled === "no" ? "off" : "unknown"}${target.state ? `, ${target.state}` : ""}`]),
  ]);
}
function showStatus({ loop, steering, time }) {
  const status = loop || steering;
  state.status = loop || null;
  for (const each of loop?.wans || []) showWAN(each, time);
  showSteering(steering);
  const pill = byId("health");
  put(pill, status.status);
  pill.className = `pill ${status.status}`;
  const ticks = loop ? `, ${loop.loop.missed_ticks} of ${loop.loop.ticks} ticks missed` : "";
  const history = loop?.storage?.is_failing ? ", history is failing" : "";
  put(byId("facts"), `${status.version}, up ${span(status.uptime_seconds)}${ticks}${history}`);
  document.querySelector("nav").hidden = !loop?.storage;
}
function takeLog(lines, end) {
  const list = byId("log");
  for (const [number, time, name, level, message] of lines) {
    if (number < state.logEnd) continue;
    const moment = new Date(time);
    list.prepend(make("li", { class: level },
      make("time", { datetime: moment.toISOString(), title: moment.toLocaleString(), text: clock(time, "live") }),
      make("p", {}, make("b", { text: name }), message)));
  }
  state.logEnd = end;
  while (list.children.length > 200) list.lastChild.remove();
  byId("events").hidden = list.children.length === 0;
}
const receive = {
  // The whole picture, at the beginning of each connection.
  begin() {
    for (const card of state.wans.values()) { card.samples = []; }
    state.logEnd = 0;
    byId("log").replaceChildren();
  },
  status: showStatus,
  cycles: ({ wans, list }) => takeCycles(list, wans),
  log: ({ list, end }) => takeLog(list, end),
};

// The stream. Not EventSource: that cannot send a token.
const authorization = () => {
  const token = sessionStorage.getItem("token");
  return token ? { Authorization: `Bearer ${token}` } : {};
};
function lost(text) {
  const pill = byId("health");
  put(pill, text);
  pill.className = "pill lost";
}
async function listen() {
  const control = new AbortController();
  let watch = 0;
  const rewind = () => {
    clearTimeout(watch);
    watch = setTimeout(() => control.abort(), 10000);
  };
  try {
    rewind();
    const answer = await fetch("/events", { headers: authorization(), signal: control.signal, cache: "no-store" });
    if (answer.status === 401) {
      byId("login").hidden = false;
      lost("needs a token");
      return false;
    }
    if (!answer.ok) throw new Error(answer.status);
    byId("login").hidden = true;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      rewind();
      text += value;
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event) || [];
        if (name in receive) receive[name](JSON.parse(data));
      }
      if (events.length && state.range === "live") redraw();
    }
  } catch (error) {
    // Told by what follows: the pill says that the connection is lost, and it is tried again.
  } finally {
    clearTimeout(watch);
    control.abort();
  }
  lost("connection lost");
  return true;
}
async function stay() {
  while (await listen()) await new Promise((resolve) => setTimeout(resolve, 1000));
}

// History.
const ranges = { "1h": [3600, "6h"], "6h": [21600, "6h"], "24h": [86400, "24h"], "7d": [604800, "7d"] };
async function loadHistory(range) {
  const [seconds, asked] = ranges[range];
  const metrics = "wanctl_rtt_ms,wanctl_rtt_baseline_ms,wanctl_rtt_delta_ms,wanctl_rate_download_mbps,wanctl_rate_upload_mbps,wanctl_state";
  const to = Date.now(), from = to - seconds * 1000;
  for (const name of state.wans.keys()) {
    const answer = await fetch(`/metrics/history?range=${asked}&limit=10000&wan=${encodeURIComponent(name)}&metrics=${metrics}`, { headers: authorization() });
    if (!answer.ok) continue;
    const { data, metadata } = await answer.json();
    const byTime = new Map();
    const place = {
      wanctl_rtt_ms: 1, wanctl_rtt_baseline_ms: 3, wanctl_rtt_delta_ms: 2, wanctl_rate_download_mbps: 4, wanctl_rate_upload_mbps: 5,
    };
    for (const row of data) {
      if (row.labels?.includes("source") || row.labels?.includes("reason")) continue;
      const time = Date.parse(row.timestamp);
      if (!byTime.has(time)) byTime.set(time, [time, null, null, null, null, null, null, null]);
      const sample = byTime.get(time);
      if (row.metric_name === "wanctl_state") sample[row.labels?.includes("upload") ? 7 : 6] = Math.round(row.value);
      else sample[place[row.metric_name]] = row.value;
    }
    const samples = [...byTime.values()].sort((one, other) => one[0] - other[0]).filter((sample) => sample[0] >= from);
    // The smoothed latency is the baseline and what is above it.
    for (const sample of samples) if (sample[2] != null && sample[3] != null) sample[2] += sample[3];
    const bucket = { raw: 1, "1m": 60, "5m": 300, "1h": 3600 }[metadata.granularity] || 60;
    state.stored.set(name, { samples, from, to, gap: bucket * 2500 });
  }
  if (state.range === range) redraw();
}
for (const button of document.querySelectorAll("nav button")) {
  button.addEventListener("click", () => {
    state.range = button.dataset.range;
    for (const each of document.querySelectorAll("nav button")) each.setAttribute("aria-pressed", each === button);
    state.stored.clear();
    if (state.range === "live") redraw();
    else loadHistory(state.range).catch(() => lost("history failed"));
  });
}
setInterval(() => { if (state.range !== "live") loadHistory(state.range).catch(() => {}); }, 60000);
byId("login").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", byId("token").value);
  stay();
});
new ResizeObserver(redraw).observe(document.body);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
stay();
