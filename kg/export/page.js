"use strict";
const facts = [...document.querySelectorAll(".facts li")];
const form = document.querySelector(".filters");
const chosen = [...form.querySelectorAll("[data-filter]")];
const marks = [...document.querySelectorAll("[data-key]")];
const lines = [...document.querySelectorAll("[data-keys]")];

// A fact without a day may have been on any.
const tests = {
  text: (fact, value) => fact.textContent.toLowerCase().includes(value.toLowerCase()),
  start: (fact, value) => !fact.dataset.end || fact.dataset.end >= value,
  end: (fact, value) => !fact.dataset.start || fact.dataset.start <= value,
};
const among = (fact, value, filter) => fact.dataset[filter].split("|").includes(value);

function narrow() {
  const shown = new Set();
  for (const fact of facts) {
    const fits = chosen.every(({ value, dataset: { filter } }) =>
      !value || (tests[filter] ?? among)(fact, value, filter));
    fact.hidden = !fits;
    if (fits) shown.add(fact.id);
  }
  for (const mark of marks) mark.classList.toggle("off", !shown.has(mark.dataset.key));
  for (const line of lines)
    line.classList.toggle("off", !line.dataset.keys.split(" ").some((key) => shown.has(key)));
  document.getElementById("shown").textContent = `${shown.size} of ${facts.length} facts`;
}

function light(key) {
  for (const thing of [...facts, ...marks])
    thing.classList.toggle("on", (thing.dataset.key ?? thing.id) === key);
  for (const line of lines)
    line.classList.toggle("on", line.dataset.keys.split(" ").includes(key));
}

for (const mark of marks) mark.addEventListener("click", () => light(mark.dataset.key));
for (const actor of document.querySelectorAll("[data-actor]")) {
  const choose = () => {
    form.querySelector("[data-filter=actors]").value = actor.dataset.actor;
    narrow();
    document.getElementById("facts").scrollIntoView({ behavior: "smooth" });
  };
  actor.addEventListener("click", choose);
  actor.addEventListener("keydown", ({ key }) => (key === "Enter" || key === " ") && choose());
}
form.hidden = false;
form.addEventListener("input", narrow);
form.addEventListener("reset", () => setTimeout(narrow));
narrow();
