// The log-in form says that it works, and tells a mistyped repetition before anything is sent.

const form = document.querySelector("form[action='/panel/login']");
const fresh = form.elements.new_password;
const again = form.elements.repeat_password;

form.addEventListener("submit", () => {
  const button = form.querySelector("button");
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  button.textContent = button.dataset.working;
});

// Coming back with the browser's own button shows the page as it was left: make the form usable again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

document.querySelector("details.first").addEventListener("toggle", (event) => {
  fresh.required = again.required = event.target.open;
  if (!event.target.open) fresh.value = again.value = "";
});
