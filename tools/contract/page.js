// The search box. Without this script the page has its contents and its links.
"use strict";
(() => {
  const most = 80;
  const box = document.getElementById("search");
  const found = document.getElementById("found");
  const contents = document.getElementById("contents");
  const places = [...document.querySelectorAll("[data-find]")].map((place) => ({
    id: place.id,
    name: place.dataset.find,
    kind: place.dataset.kind,
    // A section's heading has its comment beside it; a row and a reason stand in their own row.
    words: (place.closest("tr") ?? place.parentElement).textContent.slice(0, 1500).toLowerCase(),
  }));

  // Names before comments; in names, the end that was asked for before anything else.
  const rank = (place, term) => {
    const name = place.name.toLowerCase();
    if (name === term || name.endsWith("." + term)) return 0;
    if (name.split(/[._]/).some((part) => part.startsWith(term))) return 1;
    if (name.includes(term)) return 2;
    return place.words.includes(term) ? 3 : -1;
  };

  const show = () => {
    const term = box.value.trim().toLowerCase();
    contents.hidden = term !== "";
    found.hidden = term === "";
    found.replaceChildren();
    if (term === "") return;
    const hits = places.map((place) => ({ place, at: rank(place, term) })).filter((hit) => hit.at >= 0);
    hits.sort((a, b) => a.at - b.at);
    for (const { place } of hits.slice(0, most)) {
      const line = document.createElement("li");
      const link = document.createElement("a");
      const kind = document.createElement("small");
      link.href = "#" + place.id;
      link.textContent = place.name;
      kind.textContent = place.kind + " ";
      line.append(kind, link);
      found.append(line);
    }
    if (hits.length === 0 || hits.length > most) {
      const line = document.createElement("li");
      line.textContent = hits.length === 0 ? "Nothing found." : `${hits.length - most} more: write a longer word.`;
      found.append(line);
    }
  };

  box.hidden = false;
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      box.value = "";
      show();
    } else if (event.key === "Enter") {
      found.querySelector("a")?.click();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target === box) return;
    event.preventDefault();
    box.focus();
  });
})();
