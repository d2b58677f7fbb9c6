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

/** What scrolls sideways must be reachable by keyboard. Sizes are known once a thing is in view or its box is opened. */
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const box = target.closest(".equation-body") ?? target;
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
});

function watchWideBoxes() {
  const parts =
    ".equation-body, .equation-body .katex-html, .md-typeset table:not([class]), .md-typeset pre > code, .doc-contents p";
  for (const part of document.querySelectorAll(parts)) sizes.observe(part);
}

document$.subscribe(() => {
  markOutputs();
  nameCodeButtons();
  watchWideBoxes();
  // The theme adds copy buttons only once their code block comes into view.
  new MutationObserver(nameCodeButtons).observe(document.querySelector(".md-content"), {
    childList: true,
    subtree: true,
  });
});
