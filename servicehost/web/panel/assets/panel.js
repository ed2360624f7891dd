// Keeps the page as the host says it is. The host sends whole lines under their keys; nothing is computed here but
// times in the reader's own zone. Every connection starts with the whole page, so nothing can be missed for good.

import { refreshMenu } from "./menu.js";
import { showTimes, clock } from "./times.js";

const SILENT_MS = 35_000; // two beats and a bit: the line is dead, whatever the browser thinks
const AGAIN_MS = 2_000;
const WAIT_MS = 10_000;
const HIDDEN_MS = 30_000;
const FRESH_MS = 2_000;

const root = document.documentElement;
const template = document.getElementById("words");
const words = JSON.parse(template.content.textContent);
const build = template.dataset.build;
const bar = document.getElementById("connection");
const word = document.getElementById("connection-word");
const more = document.getElementById("connection-more");
const login = document.getElementById("connection-login");
const search = document.getElementById("search");

const SIGNS = { connecting: "…", live: "●", lost: "▲", ended: "■", resting: "‖" };

let source = null;
let seen = ""; // the newest event this page has been told of
let updated = null; // when the host last said anything
let heard = 0; // the same, on the browser's own clock
let settled = false; // the first whole page has come: what changes from now on is news
let timer = 0;

function show(state, text, detail = "") {
  bar.dataset.state = state;
  bar.querySelector(".sign").textContent = SIGNS[state];
  if (word.textContent !== text) word.textContent = text;
  more.textContent = detail || (updated ? `${words.updated} ${clock(updated)}` : "");
  login.hidden = state !== "ended";
}

function address() {
  const asked = new URLSearchParams(location.search);
  const query = new URLSearchParams({ lang: root.lang });
  for (const name of ["q", "state", "of", "query", "after"]) if (asked.get(name)) query.set(name, asked.get(name));
  if (seen) query.set("seen", seen);
  return `/panel/stream?${query}`;
}

function close() {
  clearTimeout(timer);
  if (source) source.close();
  source = null;
}

function openAfter(delay) {
  clearTimeout(timer);
  timer = setTimeout(open, delay);
}

function open() {
  close();
  settled = false;
  heard = Date.now();
  source = new EventSource(address());
  for (const [name, take] of Object.entries(takers)) source.addEventListener(name, on(take));
  source.addEventListener("error", failed);
}

function on(take) {
  return (event) => {
    const message = JSON.parse(event.data);
    updated = new Date(message.at);
    heard = Date.now();
    if (event.lastEventId) seen = event.lastEventId;
    take(message);
  };
}

const takers = {
  hello(message) {
    if (message.build !== build) return location.reload(); // the host was renewed: so must this page be
    live(message.missed ? `${words.back} · ${words.missed.replace("{count}", message.missed)}` : "");
  },
  change(message) {
    for (const [name, change] of Object.entries(message.lists)) update(name, change);
    if (settled && message.lists.pulse) refreshMenu();
    settled = true;
    live();
  },
  beat: () => live(),
  trouble: () => show("lost", words.trouble),
  leaving() {
    show("lost", words.leaving);
    close();
    openAfter(AGAIN_MS);
  },
  ended() {
    close();
    show("ended", words.expired);
  },
};

function live(note = "") {
  show("live", words.live, note ? `${note} · ${words.updated} ${clock(updated)}` : "");
}

// The browser tries again by itself after a broken line, but not after a refusal, whose reason it keeps from us.
function failed() {
  if (!source) return;
  const refused = source.readyState === EventSource.CLOSED;
  show("lost", words.lost);
  if (!refused) return;
  close();
  askWhy();
}

async function askWhy() {
  let code = "";
  try {
    const answer = await fetch(address(), { headers: { Accept: "application/json" } });
    if (answer.ok) answer.body.cancel();
    else code = (await answer.json()).code;
  } catch {
    code = "unreachable";
  }
  if (code === "token_invalid" || code === "no_token") return show("ended", words.expired);
  if (code === "too_many_viewers") show("lost", words.too_many_viewers);
  const delay = code === "too_many_viewers" ? WAIT_MS : AGAIN_MS;
  openAfter(delay * (0.5 + Math.random())); // not everybody at once
}

function update(name, change) {
  const list = document.querySelector(`[data-list="${name}"]`);
  const known = new Map([...list.children].map((one) => [one.dataset.key, one]));
  const focused = document.activeElement?.closest?.("[data-key]");
  let place = list.firstElementChild;
  for (const key of change.order) {
    let line = known.get(key);
    known.delete(key);
    if (key in change.items) {
      const next = made(change.items[key], line);
      if (line) line.replaceWith(next);
      if (line === place) place = next;
      if (line && line === focused) next.querySelector("a, summary, button")?.focus();
      line = next;
    }
    if (line === place) place = place.nextElementSibling;
    else list.insertBefore(line, place);
  }
  for (const gone of known.values()) gone.remove();
}

function made(html, before) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const line = holder.content.firstElementChild;
  for (const kept of before?.querySelectorAll("details[open]") ?? []) {
    line.querySelector(`details[data-keep="${kept.dataset.keep}"]`)?.setAttribute("open", "");
  }
  showTimes(line);
  if (settled) {
    line.classList.add("fresh");
    setTimeout(() => line.classList.remove("fresh"), FRESH_MS);
  }
  return line;
}

// The search works without a script too; with one it does not reload.
let typing = 0;
function seek() {
  const query = new URLSearchParams(location.search);
  const wanted = search.elements.q.value.trim();
  if (wanted === (query.get("q") ?? "")) return;
  if (wanted) query.set("q", wanted);
  else query.delete("q");
  query.delete("lang");
  query.delete("after"); // another search begins at its beginning
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
  document.getElementById("everything").hidden = !["q", "state", "of", "query"].some((name) => query.has(name));
  open();
}
search.addEventListener("input", (event) => {
  if (event.isComposing) return; // kana on their way to kanji
  clearTimeout(typing);
  typing = setTimeout(seek, 250);
});
search.elements.q.addEventListener("compositionend", () => seek());
search.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  seek();
});

// A page that nobody sees costs the host nothing.
let hiding = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (bar.dataset.state === "ended") return;
  if (!document.hidden) {
    if (!source) open();
    return;
  }
  hiding = setTimeout(() => {
    close();
    show("resting", words.resting);
  }, HIDDEN_MS);
});

window.addEventListener("offline", () => bar.dataset.state === "live" && show("lost", words.lost));
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
setInterval(() => {
  if (!source || Date.now() - heard < SILENT_MS) return;
  show("lost", words.lost);
  open();
}, 5_000);

showTimes(document);
show("connecting", words.connecting);
open();
