// The form says that it works, and tells a mistyped repetition before anything is sent.

const form = document.querySelector("form.first");

const compare = () => {
  const { new_password: fresh, repeat_password: again } = form.elements;
  again.setCustomValidity(again.value === fresh.value ? "" : again.dataset.differs);
};

if (form) {
  form.addEventListener("input", compare);
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    button.textContent = button.dataset.working;
  });
}

// Coming back with the browser's own button shows the page as it was left: make the form usable again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
