// Two small services around formulas; pages read well without them.
"use strict";

// A selection that holds formulas is copied with their LaTeX source.
document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (selection.isCollapsed || !event.clipboardData) return;
  const range = selection.getRangeAt(0);
  const whole = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".katex");
  if (whole(range.startContainer)) range.setStartBefore(whole(range.startContainer));
  if (whole(range.endContainer)) range.setEndAfter(whole(range.endContainer));
  const fragment = range.cloneContents();
  if (!fragment.querySelector(".katex")) return;
  for (const formula of fragment.querySelectorAll(".katex")) {
    const latex = formula.querySelector("annotation").textContent;
    const display = formula.closest(".katex-display");
    formula.replaceWith(display ? `\n$$\n${latex}\n$$\n` : `$${latex}$`);
  }
  for (const aside of fragment.querySelectorAll(".equation > a")) aside.remove();
  event.clipboardData.setData("text/plain", fragment.textContent.replaceAll("\u2060", ""));
  event.preventDefault();
});

// An equation that is wider than its box can be reached, and so scrolled, by keyboard. Its width is known once it is in view.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const box = target.closest(".equation-body");
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
});
for (const part of document.querySelectorAll(".equation-body, .equation-body .katex-html")) sizes.observe(part);
