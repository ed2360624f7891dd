// Keeps a page below the first up to date: when something has happened, its parts are asked for anew. A part in which
// somebody has begun to fill in a form is left alone; a line says that there is something newer.

import { showTimes } from "./times.js";

const AGAIN_MS = 5_000;
const PAUSE_MS = 1_500;

const template = document.getElementById("words");
const words = JSON.parse(template.content.textContent);
const news = document.getElementById("news");
const touched = new Set();
let source = null;
let pulse = null;
let due = 0;

function open() {
  source = new EventSource(`/panel/stream?part=pulse&lang=${document.documentElement.lang}`);
  source.addEventListener("hello", (event) => {
    if (JSON.parse(event.data).build !== template.dataset.build) say(words.renewed);
  });
  source.addEventListener("change", (event) => {
    const fresh = JSON.parse(event.data).lists.pulse?.items.pulse;
    if (pulse !== null && fresh !== pulse) lookAgain();
    pulse = fresh;
  });
  source.addEventListener("ended", () => (close(), say(words.expired)));
  source.addEventListener("leaving", () => (close(), setTimeout(open, AGAIN_MS)));
  source.addEventListener("error", () => {
    if (!source || source.readyState !== EventSource.CLOSED) return;
    close();
    setTimeout(open, AGAIN_MS * (0.5 + Math.random()));
  });
}

function close() {
  source?.close();
  source = null;
}

function say(text) {
  if (news.textContent !== text) news.textContent = text;
}

function lookAgain() {
  due ||= setTimeout(refresh, PAUSE_MS);
}

async function refresh() {
  due = 0;
  if (!document.querySelector("[data-live]")) return;
  let text = "";
  try {
    const answer = await fetch(location.href.replace(/([?&])done=[^&#]*/, "$1"));
    if (!answer.ok || answer.redirected) return;
    text = await answer.text();
  } catch {
    return;
  }
  const fresh = new DOMParser().parseFromString(text, "text/html");
  document.getElementById("menu").replaceChildren(...fresh.getElementById("menu").childNodes);
  const left = [...document.querySelectorAll("[data-live]")].filter((part) => !renewed(part, fresh.getElementById(part.id)));
  say(left.length ? words.newer : "");
}

function renewed(part, next) {
  if (!next) return true;
  if (part.dataset.source === next.innerHTML) return true;
  if (touched.has(part) || part.contains(document.activeElement)) return false;
  const kept = [...part.querySelectorAll("details[open]")].map((one) => one.querySelector("summary").textContent);
  part.dataset.source = next.innerHTML;
  part.innerHTML = next.innerHTML;
  for (const one of part.querySelectorAll("details")) {
    if (kept.includes(one.querySelector("summary").textContent)) one.open = true;
  }
  showTimes(part);
  return true;
}

for (const part of document.querySelectorAll("[data-live]")) {
  part.addEventListener("input", () => touched.add(part));
}
for (const form of document.querySelectorAll("form.deed, .confirm form")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-busy", "true");
  });
}
// What was refused is read out, and the form it belongs to is where the keyboard goes on.
document.querySelector(".refusal")?.scrollIntoView({ block: "center" });
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

showTimes(document);
for (const part of document.querySelectorAll("[data-live]")) part.dataset.source = part.innerHTML;
open();
