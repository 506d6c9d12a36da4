// The live page. Everything that comes from the wire becomes text nodes and fixed class names, never markup.

const CARDS = 100; // rendered at most
const LEAD = 3; // paragraphs shown before the fold
const FRAME_MS = 8; // of each frame, for new stories
const SAY_MS = 10_000; // between announcements
const TRENDS = 30;
const CLASSES = {
  PERSON: "person", NORP: "person", ORG: "org", GPE: "place", LOC: "place", FAC: "place",
  EVENT: "event", WORK_OF_ART: "event", LAW: "event", PRODUCT: "event",
  DATE: "amount", TIME: "amount", PERCENT: "amount", MONEY: "amount", QUANTITY: "amount",
};

const $ = (id) => document.getElementById(id);
const feed = $("stories");

const shown = new Map(); // uri -> {story, card}: what the server still has, oldest first; card: null if not rendered
const inbox = new Map(); // uri -> story: not yet in `shown`
const trends = new Map(); // key -> trend
const marks = new WeakMap(); // element -> lines that tell what it marks
let most = 500; // stories, as the server keeps them
let paused = false;
let arrived = 0; // since the last announcement

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const fold = (text) => (text ?? "").toLowerCase().normalize("NFC");
const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour12: false });
const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

// --- text with marks ------------------------------------------------------------------------------------------------

/** Code points to places in a string: JavaScript counts an emoji as two. */
function placesOf(text) {
  if (!/[\ud800-\udfff]/.test(text)) return (codePoint) => codePoint;
  const places = [];
  let place = 0;
  for (const character of text) {
    places.push(place);
    place += character.length;
  }
  places.push(place);
  return (codePoint) => places[Math.min(codePoint, places.length - 1)];
}

/** Where the text of a story is marked, as ranges of the string. Ranges of one kind don't overlap. */
function rangesOf(story) {
  const place = placesOf(story.text);
  const range = ([start, end], more) => ({ start: place(start), end: place(end), ...more });
  const apart = (ranges) => {
    let end = 0;
    return ranges
      .sort((a, b) => a.start - b.start || b.end - a.end)
      .map((one) => ({ ...one, start: Math.max(one.start, end), end: (end = Math.max(end, one.end)) }))
      .filter((one) => one.start < one.end);
  };
  const cueOf = (quote) => {
    const cue = quote.cue && range(quote.cue);
    return cue ? story.text.slice(cue.start, cue.end) : null;
  };
  return {
    quotes: apart(story.quotes.map((quote) => range(quote.at, { quote, cue: cueOf(quote) }))),
    entities: apart(story.entities.flatMap((entity) => entity.mentions.map((at) => range(at, { entity })))),
    cues: apart(story.quotes.filter((quote) => quote.cue).map((quote) => range(quote.cue, { quote }))),
  };
}

function quoteElement({ quote, cue }) {
  const made = element("mark", `quote ${["direct", "mixed", "indirect"].includes(quote.kind) ? quote.kind : ""}`);
  marks.set(made, [
    `Quote, ${quote.kind}: ${quote.speaker ?? "speaker not named"}${quote.role ? `, ${quote.role}` : ""}`,
    `${cue ? `cue “${cue}”, ` : ""}confidence ${Math.round(quote.confidence * 100)} %`,
  ]);
  return focusable(made);
}

function entityElement({ entity }) {
  const made = element("mark", `entity ${CLASSES[entity.label] ?? "amount"}`);
  if (isHit(entity.name)) made.classList.add("hit");
  marks.set(made, [`${entity.name} (${entity.label})`]);
  return focusable(made);
}

function focusable(made) {
  made.tabIndex = -1; // arrow keys go from mark to mark; one of each story is a tab stop
  return made;
}

/** The text from `start` to `end` with its marks: cues in entities in quotes. */
function marked(text, ranges, start, end) {
  const out = document.createDocumentFragment();
  const inside = (one) => one.start < end && one.end > start;
  const layers = [
    [ranges.quotes.filter(inside), quoteElement],
    [ranges.entities.filter(inside), entityElement],
    [ranges.cues.filter(inside), () => element("span", "cue")],
  ];
  const bounds = new Set([start, end]);
  for (const [layer] of layers) {
    for (const one of layer) {
      bounds.add(Math.max(start, one.start));
      bounds.add(Math.min(end, one.end));
    }
  }
  const places = [...bounds].sort((a, b) => a - b);
  let open = []; // [range, element] of each layer that the last piece lay in
  for (let i = 0; i + 1 < places.length; i += 1) {
    const around = layers
      .map(([layer, make]) => [layer.find((one) => one.start <= places[i] && one.end > places[i]), make])
      .filter(([one]) => one);
    let same = 0;
    while (same < open.length && same < around.length && open[same][0] === around[same][0]) same += 1;
    open = open.slice(0, same);
    for (const [one, make] of around.slice(same)) {
      const made = make(one);
      (open.at(-1)?.[1] ?? out).append(made);
      open.push([one, made]);
    }
    (open.at(-1)?.[1] ?? out).append(text.slice(places[i], places[i + 1]));
  }
  return out;
}

/** [start, end) of each paragraph, places in the string. */
function paragraphsOf(text) {
  const found = [];
  let start = 0;
  for (const line of text.split("\n")) {
    if (line.trim()) found.push([start, start + line.length]);
    start += line.length + 1;
  }
  return found;
}

// --- a story's card -------------------------------------------------------------------------------------------------

let cards = 0;

function cardOf(story) {
  cards += 1;
  const title = element("h3", "", titleOf(story));
  title.id = `title-${cards}`;
  const card = element("article", "", element("header", "", metaOf(story), title));
  card.tabIndex = 0;
  card.setAttribute("aria-labelledby", title.id);
  card.dataset.uri = story.uri;
  if (story.state !== "usable") {
    card.classList.add("gone");
    return card;
  }
  const ranges = rangesOf(story);
  const paragraphs = paragraphsOf(story.text).map(([start, end]) => () =>
    element("p", "", marked(story.text, ranges, start, end)));
  const body = element("div", "text", ...paragraphs.slice(0, LEAD).map((make) => make()));
  if (story.language) body.lang = story.language;
  if (story.dateline) body.firstElementChild?.prepend(element("span", "dateline", story.dateline, " "));
  card.append(body);
  const rest = paragraphs.slice(LEAD);
  if (rest.length) {
    card.append(folded("rest", plural(rest.length, "more paragraph"), () => {
      const more = element("div", "text", ...rest.map((make) => make()));
      if (story.language) more.lang = story.language;
      return [more];
    }));
  }
  if (story.entities.length || story.quotes.length) {
    const title = `${plural(story.entities.length, "name")}, ${plural(story.quotes.length, "quote")}`;
    card.append(folded("found", title, () => foundOf(story)));
  }
  if (story.removed.length) {
    card.append(folded("removed", `Removed: ${plural(story.removed.length, "piece")}`, () => [
      element("ul", "", ...story.removed.map((piece) =>
        element("li", "", element("span", "kind", piece.kind), ": ", piece.text))),
    ]));
  }
  const first = card.querySelector("mark");
  if (first) first.tabIndex = 0;
  return card;
}

function titleOf(story) {
  if (story.state === "canceled") return story.title ?? "A story is withdrawn";
  if (story.state !== "usable") return "A story is withheld";
  const title = story.title || "No headline";
  if (!story.url) return title;
  const link = element("a", "", title);
  link.href = story.url;
  link.rel = "noopener noreferrer";
  link.target = "_blank";
  return link;
}

function metaOf(story) {
  const time = element("time", "", clock(story.at));
  time.dateTime = new Date(story.at).toISOString();
  const flags = { canceled: "withdrawn: do not use", withheld: "withheld" };
  const flag = flags[story.state] ?? (story.corrected ? "new version" : null);
  const parts = [time, flag && element("span", "flag", flag)];
  for (const part of [story.source || "no outlet", story.language, story.byline]) {
    if (part) parts.push(element("span", "", part));
  }
  if (story.state !== "usable") parts.push(element("span", "", story.uri));
  return element("p", "meta", ...parts);
}

/** A fold whose content is made when it is first opened. */
function folded(className, title, make) {
  const made = element("details", className, element("summary", "", title));
  made.addEventListener("toggle", () => {
    if (made.open && made.children.length === 1) made.append(...make());
  });
  return made;
}

function foundOf(story) {
  const names = story.entities.map((entity) =>
    element("li", "", filterButton(entity.name, "entity"), ` (${entity.label}, ${plural(entity.mentions.length, "mention")})`));
  const ranges = rangesOf(story).quotes;
  const quotes = ranges.map(({ quote, start, end }) => {
    const speaker = quote.speaker ? filterButton(quote.speaker, "speaker") : "Speaker not named";
    const role = quote.role ? `, ${quote.role}` : "";
    return element("li", "", speaker, `${role}: “${story.text.slice(start, end)}”`);
  });
  return [element("ul", "", ...names), element("ul", "", ...quotes)].filter((list) => list.children.length);
}

function filterButton(name, filter) {
  const button = element("button", "", name);
  button.type = "button";
  button.addEventListener("click", () => {
    $(filter).value = name;
    filtersChanged();
  });
  return button;
}

// --- what is shown --------------------------------------------------------------------------------------------------

function take(story, rendered = true) {
  const former = shown.get(story.uri);
  if (story.state !== "usable" && former) return strike(former, story);
  if (former) {
    story.corrected = former.story.state === "usable";
    shown.delete(story.uri); // the newest stands last
  }
  const entry = { story, card: null };
  shown.set(story.uri, entry);
  learn(story);
  if (rendered && matches(story)) put(entry, former?.card);
  else former?.card?.remove();
  while (shown.size > most) drop(shown.keys().next().value);
  arrived += 1;
}

/** A kill: the headline is struck out where it stands, and every word of the story is gone. */
function strike(entry, { state, uri, at }) {
  const title = state === "canceled" ? entry.story.title : null;
  const { source, language } = entry.story;
  const before = entry.card;
  entry.story = { uri, state, at, source, language, title };
  if (before) {
    replace(before, (entry.card = cardOf(entry.story)));
    if (tipFor && !tipFor.isConnected) hideTip();
  }
  say(`${state === "canceled" ? "Withdrawn" : "Withheld"}: ${title ?? uri}`);
}

function replace(before, card) {
  const focused = before.contains(document.activeElement);
  before.replaceWith(card);
  if (focused) card.focus({ preventScroll: true });
}

function put(entry, former) {
  const card = (entry.card = cardOf(entry.story));
  const focused = former?.contains(document.activeElement);
  former?.remove();
  feed.prepend(card);
  if (focused) card.focus({ preventScroll: true });
  trim();
}

function trim() {
  let last = feed.lastElementChild;
  while (feed.childElementCount > CARDS && last) {
    const before = last.previousElementSibling;
    if (!last.contains(document.activeElement)) { // nothing is pulled from under a reader
      const entry = shown.get(last.dataset.uri);
      if (entry?.card === last) entry.card = null;
      last.remove();
    }
    last = before;
  }
}

function drop(uri) {
  shown.get(uri)?.card?.remove();
  shown.delete(uri);
}

function renderAll() {
  const cards = [];
  for (const entry of [...shown.values()].reverse()) {
    entry.card = null;
    if (cards.length < CARDS && matches(entry.story)) cards.push((entry.card = cardOf(entry.story)));
  }
  feed.replaceChildren(...cards);
  hideTip();
  tally();
}

function tally() {
  $("count").textContent = isFiltered()
    ? `${feed.childElementCount} of the newest ${shown.size} match`
    : `${shown.size}, the newest ${feed.childElementCount} below`;
  $("none").hidden = feed.childElementCount > 0;
  $("none").textContent = shown.size ? "No story matches." : "Nothing yet.";
  $("pause").textContent = paused ? `Go on (${inbox.size} new)` : "Pause";
}

// --- arrivals: as many a frame as fit -------------------------------------------------------------------------------

let due = false;

function arrive(story) {
  if (story.state !== "usable") {
    inbox.delete(story.uri);
    take(story); // a kill waits for no frame, and for no pause
    return schedule();
  }
  inbox.delete(story.uri);
  inbox.set(story.uri, story);
  while (inbox.size > most) { // older than all that would be kept
    const uri = inbox.keys().next().value;
    inbox.delete(uri);
    drop(uri);
  }
  schedule();
}

function schedule() {
  if (due) return;
  due = true;
  // a page in the background has no frames
  if (document.hidden) setTimeout(flush, 250);
  else requestAnimationFrame(flush);
}

function flush() {
  due = false;
  if (!paused) {
    const until = performance.now() + FRAME_MS;
    // what would be pushed out again at once is not rendered first; a filter may leave room for it
    let skipped = isFiltered() ? 0 : inbox.size - CARDS;
    for (const [uri, story] of inbox) {
      inbox.delete(uri);
      take(story, skipped <= 0);
      skipped -= 1;
      if (performance.now() > until) break;
    }
    feed.setAttribute("aria-busy", String(inbox.size > 0));
    if (inbox.size) schedule();
  }
  tally();
}

let saying = "";

function say(text) {
  saying = text; // what is urgent displaces the count
  $("said").textContent = text;
}

setInterval(() => {
  if (arrived && !saying && !paused) $("said").textContent = `${plural(arrived, "new story", "new stories")}`;
  arrived = 0;
  saying = "";
}, SAY_MS);

// --- filters --------------------------------------------------------------------------------------------------------

const FILTERS = ["outlet", "language", "entity", "speaker"];
const known = { outlet: new Set(), language: new Set() };
let filter = {};

function learn(story) {
  for (const [name, value] of [["outlet", story.source], ["language", story.language]]) {
    if (!value || known[name].has(value) || known[name].size >= most) continue;
    known[name].add(value);
    const option = element("option", "", value);
    option.value = value;
    const select = $(name);
    const after = [...select.options].slice(1).find((one) => one.value > value);
    select.insertBefore(option, after ?? null);
    if (filter[name] === value) select.value = value;
  }
}

const isFiltered = () => FILTERS.some((name) => filter[name]);
const isHit = (name) => Boolean(filter.entity) && fold(name).includes(fold(filter.entity));

function matches(story) {
  if (filter.outlet && story.source !== filter.outlet) return false;
  if (filter.language && story.language !== filter.language) return false;
  if (filter.entity && !(story.entities ?? []).some((entity) => isHit(entity.name))) return false;
  const speaker = fold(filter.speaker);
  return !speaker || (story.quotes ?? []).some((quote) => fold(quote.speaker).includes(speaker));
}

function filtersChanged() {
  filter = Object.fromEntries(FILTERS.map((name) => [name, $(name).value.trim()]));
  const told = new URLSearchParams(Object.entries(filter).filter(([, value]) => value)).toString();
  history.replaceState(null, "", told ? `#${told}` : location.pathname);
  renderAll();
}

/** Names to choose from, the most frequent first, made when somebody is about to choose. */
function suggest(list, namesOf) {
  const counts = new Map();
  for (const { story } of shown.values()) {
    for (const name of new Set(namesOf(story))) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 200);
  $(list).replaceChildren(...frequent.map(([name]) => {
    const option = element("option");
    option.value = name;
    return option;
  }));
}

$("entity").addEventListener("focus", () => suggest("entities", (story) =>
  (story.entities ?? []).filter((one) => CLASSES[one.label] !== "amount").map((one) => one.name)));
$("speaker").addEventListener("focus", () => suggest("speakers", (story) =>
  (story.quotes ?? []).map((quote) => quote.speaker).filter(Boolean)));
$("filters").addEventListener("input", filtersChanged);
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("reset", () => setTimeout(filtersChanged));
$("pause").addEventListener("click", () => {
  paused = !paused;
  $("pause").classList.toggle("on", paused);
  schedule();
});

for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
  if (!FILTERS.includes(name)) continue;
  filter[name] = value;
  if (known[name]) learn({ [name === "outlet" ? "source" : name]: value }); // before a story has it
  else $(name).value = value;
}

// --- what a mark is -------------------------------------------------------------------------------------------------

const tip = $("tip");
let tipFor = null;
let leaving = 0;

function showTip(mark) {
  clearTimeout(leaving);
  if (mark === tipFor) return;
  hideTip();
  const lines = [];
  for (let one = mark; one; one = one.parentElement?.closest("mark")) lines.push(...(marks.get(one) ?? []));
  if (!lines.length) return;
  tip.replaceChildren(...lines.map((line) => element("p", "", line)));
  tip.hidden = false;
  tipFor = mark;
  mark.setAttribute("aria-describedby", "tip");
  const at = mark.getClientRects()[0] ?? mark.getBoundingClientRect();
  const below = at.bottom + tip.offsetHeight + 8 < innerHeight;
  tip.style.left = `${Math.max(4, Math.min(at.left, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${below ? at.bottom + 2 : Math.max(4, at.top - tip.offsetHeight - 2)}px`;
}

function hideTip() {
  clearTimeout(leaving);
  tipFor?.removeAttribute("aria-describedby");
  tipFor = null;
  tip.hidden = true;
}

feed.addEventListener("pointerover", (event) => {
  const mark = event.target.closest("mark");
  if (mark) showTip(mark);
});
feed.addEventListener("pointerout", (event) => {
  if (event.target.closest("mark")) leaving = setTimeout(hideTip, 250);
});
tip.addEventListener("pointerenter", () => clearTimeout(leaving));
tip.addEventListener("pointerleave", hideTip);
feed.addEventListener("focusin", (event) => (event.target.matches("mark") ? showTip(event.target) : hideTip()));
feed.addEventListener("focusout", hideTip);
addEventListener("scroll", () => tipFor !== document.activeElement && hideTip(), { passive: true });

// --- keys -----------------------------------------------------------------------------------------------------------

addEventListener("keydown", (event) => {
  if (event.key === "Escape") return hideTip();
  const card = document.activeElement?.closest("article");
  if (!card || event.altKey || event.ctrlKey || event.metaKey) return;
  const forward = { PageDown: true, PageUp: false, ArrowRight: true, ArrowLeft: false }[event.key];
  if (forward === undefined) return;
  if (event.key.startsWith("Page")) {
    const next = forward ? card.nextElementSibling : card.previousElementSibling;
    next?.focus();
  } else {
    const all = [...card.querySelectorAll("mark")];
    const from = all.indexOf(document.activeElement);
    const next = all[from < 0 ? 0 : from + (forward ? 1 : -1)];
    if (!next) return;
    for (const mark of all) mark.tabIndex = mark === next ? 0 : -1;
    next.focus();
  }
  event.preventDefault();
});

// --- trends and the strip -------------------------------------------------------------------------------------------

function takeTrend(trend) {
  trends.delete(trend.key);
  if (trend.state !== "ended") trends.set(trend.key, trend);
  const rank = (one) => (one.state === "bursting" ? 0 : 1);
  const first = [...trends.values()].sort((a, b) => rank(a) - rank(b) || b.at - a.at).slice(0, TRENDS);
  $("trends").replaceChildren(...first.map((one) => {
    const window = [...one.windows].sort((a, b) => b.score - a.score)[0];
    const why = window ? `: ${plural(window.stories, "story", "stories")} in ${window.window}, usual ${window.expected.toFixed(1)}` : "";
    return element("li", "", filterButton(one.name, "entity"),
      element("span", "why", `${one.state}${why}; since ${clock(one.since * 1000)}`));
  }));
  $("calm").hidden = trends.size > 0;
}

const seconds = (value) => {
  if (value === null || value === undefined) return "–";
  if (value < 10) return `${value.toFixed(1)} s`;
  if (value < 120) return `${Math.round(value)} s`;
  return value < 7200 ? `${Math.round(value / 60)} min` : `${Math.round(value / 3600)} h`;
};

function tell(id, text, bad = false) {
  $(id).textContent = text;
  $(id).classList.toggle("bad", bad);
}

function takePulse(pulse) {
  tell("link", pulse.reading ? "live" : "broker is silent", !pulse.reading);
  tell("rate", pulse.rate >= 1 ? `${pulse.rate.toFixed(1)}/s` : `${Math.round(pulse.rate * 60)}/min`);
  tell("freshness", seconds(pulse.freshness));
  tell("newest", seconds(pulse.newest));
  tell("lag", pulse.lag === null ? "unknown" : String(pulse.lag), pulse.lag === null);
  tell("dead", String(pulse.dead), pulse.dead > 0);
}

// --- the connection -------------------------------------------------------------------------------------------------

let last = "";

function connect() {
  const source = new EventSource(last ? `events?after=${encodeURIComponent(last)}` : "events");
  const on = (name, use) => source.addEventListener(name, (event) => {
    use(JSON.parse(event.data));
    if (event.lastEventId) last = event.lastEventId;
  });
  on("afresh", ({ stories }) => {
    most = stories;
    inbox.clear();
    shown.clear();
    trends.clear();
    renderAll();
    $("trends").replaceChildren();
    $("calm").hidden = false;
  });
  on("story", arrive);
  on("trend", takeTrend);
  on("pulse", takePulse);
  source.addEventListener("error", () => {
    tell("link", "connecting", true);
    // the browser comes back by itself, but not after an answer that was none
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}

connect();
