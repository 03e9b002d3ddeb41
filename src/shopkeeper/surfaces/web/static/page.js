// A page works without this. With it, a filter applies when it is chosen, and work tells how far it is.
"use strict";
for (const form of document.querySelectorAll("form.filters")) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
  });
  for (const field of form.querySelectorAll("select")) {
    field.addEventListener("change", () => form.requestSubmit());
  }
}
const work = document.querySelector("[data-work]");
if (work) {
  const bar = work.querySelector("progress");
  const doing = work.querySelector("[data-doing]");
  const look = async () => {
    let state = null;
    try {
      const reply = await fetch(work.dataset.work, { headers: { Accept: "application/json" } });
      if (!reply.ok) return window.location.reload();
      state = await reply.json();
    } catch {
      return window.setTimeout(look, 3000);
    }
    if (state.over) return window.location.reload();
    doing.textContent = state.doing;
    if (state.share === null) bar.removeAttribute("value");
    else bar.value = state.share;
    return window.setTimeout(look, 1000);
  };
  window.setTimeout(look, 1000);
}
