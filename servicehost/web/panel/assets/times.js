// Times in Japan, wherever the reader is; all of an instant stays under the pointer.

const language = document.documentElement.lang === "ja" ? "ja-JP" : "en-GB";
const today = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: "Asia/Tokyo" });
const before = new Intl.DateTimeFormat(language, {
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
  timeZone: "Asia/Tokyo",
});

const date = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Tokyo" });

export function clock(moment) {
  return (date.format(moment) === date.format(new Date()) ? today : before).format(moment);
}

export function showTimes(within) {
  for (const one of within.querySelectorAll("time:not(.full)")) one.textContent = clock(new Date(one.dateTime));
}
