// Small repairs of what the theme's own scripts build, so that assistive technology can name every part.
// Pages read well without this file.
"use strict";

const code = document.documentElement.lang === "zh" ? "代码" : "Code";

/** The lines that show what the program printed get a class of their own. */
function markOutputs() {
  for (const comment of document.querySelectorAll(".highlight .c1")) {
    if (comment.textContent.startsWith("#>")) comment.classList.add("output");
  }
}

/** Every code block's button group is a landmark, and landmarks need names that differ. */
function nameCodeButtons() {
  document.querySelectorAll(".md-code__nav").forEach((group, index) => {
    group.setAttribute("aria-label", `${code} ${index + 1}`);
    for (const button of group.querySelectorAll("button")) button.setAttribute("aria-label", button.title);
  });
}

/** What scrolls sideways must be reachable by keyboard. */
function focusWideTables() {
  for (const table of document.querySelectorAll(".md-typeset table:not([class])")) {
    if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
  }
}

/** Formulas further down are laid out when they come into view: their fonts must be there by then, or they jump. */
function loadFormulaFonts() {
  const names = document.querySelector("meta[name=formula-fonts]")?.content.split(" ") ?? [];
  for (const [family, variant] of names.map((name) => name.split("-"))) {
    const style = variant.includes("Italic") ? "italic" : "normal";
    const weight = variant.includes("Bold") ? "bold" : "normal";
    document.fonts.load(`${style} ${weight} 1em ${family}`);
  }
}

document$.subscribe(() => {
  markOutputs();
  nameCodeButtons();
  focusWideTables();
  loadFormulaFonts();
  // The theme adds copy buttons only once their code block comes into view.
  new MutationObserver(nameCodeButtons).observe(document.querySelector(".md-content"), {
    childList: true,
    subtree: true,
  });
});
