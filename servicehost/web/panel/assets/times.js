// Times as the reader's own clock has them; UTC stays under the pointer.

const language = document.documentElement.lang === "ja" ? "ja-JP" : "en-GB";
const today = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const before = new Intl.DateTimeFormat(language, {
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});

export function clock(moment) {
  const now = new Date();
  return (moment.toDateString() === now.toDateString() ? today : before).format(moment);
}

export function showTimes(within) {
  for (const one of within.querySelectorAll("time")) one.textContent = clock(new Date(one.dateTime));
}
