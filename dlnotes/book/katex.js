// Sets formulas with KaTeX: a line of JSON in, [[latex, display], …]; a line of JSON out, [{html} or {error, position}, …].
"use strict";

const katex = require(process.argv[2]);
// The least that a line takes above and below its baseline, in em: KaTeX's line height of 1.2, and what browsers add when
// they round. The stylesheet makes it the least height, so that it is exact.
const LINE_ABOVE = 0.97;
const LINE_BELOW = 0.39;

// The height that KaTeX's struts give a display, in em: lines below one another, the parts of a line on one baseline.
function displayHeight(html) {
  let height = 0;
  for (const line of html.split("katex-newline")) {
    let above = LINE_ABOVE;
    let below = LINE_BELOW;
    for (const strut of line.matchAll(/class="katex-strut" style="height:([\d.]+)em;(?:vertical-align:-([\d.]+)em;)?/g)) {
      const depth = Number(strut[2] ?? 0);
      above = Math.max(above, Number(strut[1]) - depth);
      below = Math.max(below, depth);
    }
    height += above + below;
  }
  return height;
}

// The MathML is read by assistive technology and never seen: what it would look like need not be sent.
const LOOKS = / (?:xmlns|columnalign|columnspacing|rowspacing|lspace|rspace|stretchy)="[^"]*"/g;
const withoutLooks = (mathml) => mathml.replace(LOOKS, "").replace(/<(\/?)mstyle[^>]*>/g, "<$1mrow>");

function setFormula([latex, display]) {
  const settings = { displayMode: display, output: "htmlAndMathml", throwOnError: true, strict: "error", trust: false };
  try {
    const html = katex.renderToString(latex, settings).replace(/<math[^]*<\/math>/, withoutLooks);
    // A display says how high it is, so that the browser need not lay it out before it comes into view.
    return { html: display ? html.replace('class="katex-html"', `$& style="--h:${displayHeight(html).toFixed(3)}em"`) : html };
  } catch (error) {
    if (!(error instanceof katex.ParseError)) throw error;
    return { error: error.rawMessage, position: error.position ?? 0 };
  }
}

require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => console.log(JSON.stringify(JSON.parse(line).map(setFormula))));
