// Small repairs of what the theme's own scripts build, so that assistive technology can name every part.
// Pages read well without this file.
"use strict";

const words = document.documentElement.lang.startsWith("zh")
  ? { code: "代码", copy: "复制", table: "表格" }
  : { code: "Code", copy: "Copy", table: "Table" };

/** The lines that show what the program printed get a class of their own. */
function markOutputs() {
  for (const comment of document.querySelectorAll(".highlight .c1")) {
    if (comment.textContent.startsWith("#>")) comment.classList.add("output");
  }
}

/** Every code block's button group is a landmark, and landmarks need names that differ. */
function nameCodeButtons() {
  document.querySelectorAll(".md-code__nav").forEach((group, index) => {
    group.setAttribute("aria-label", `${words.code} ${index + 1}`);
    for (const button of group.querySelectorAll("button")) button.setAttribute("aria-label", button.title);
  });
}

/** What scrolls sideways must be reachable by keyboard, and then it needs a role and a name. */
function nameScrollers() {
  document.querySelectorAll(".md-typeset__scrollwrap").forEach((scroller, index) => {
    if (scroller.scrollWidth <= scroller.clientWidth) return;
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "region");
    scroller.setAttribute("aria-label", `${words.table} ${index + 1}`);
  });
}

document$.subscribe(() => {
  markOutputs();
  nameCodeButtons();
  nameScrollers();
  // The theme adds copy buttons only once their code block comes into view.
  new MutationObserver(nameCodeButtons).observe(document.querySelector(".md-content"), {
    childList: true,
    subtree: true,
  });
});
