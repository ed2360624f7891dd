// The menu's counts, asked for anew after something has happened: not more often than every few seconds.

const PAUSE_MS = 3_000;
const menu = document.getElementById("menu");
let due = 0;

export function refreshMenu() {
  if (due || !menu) return;
  due = setTimeout(ask, PAUSE_MS);
}

async function ask() {
  due = 0;
  try {
    const answer = await fetch(`/panel/menu?here=${encodeURIComponent(location.pathname)}`);
    if (!answer.ok || menu.contains(document.activeElement)) return;
    const text = (await answer.text()).trim();
    if (menu.innerHTML.trim() !== text) menu.innerHTML = text;
  } catch {
    // The stream says that the host cannot be reached.
  }
}
