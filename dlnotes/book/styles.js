// Joins stylesheets and keeps the rules that can apply: {sheets: [{css, folder}, …], words, variables} in, CSS out.
// Words are names of elements, attributes and classes on pages and in scripts; variables those that pages and scripts use.
"use strict";

const { PurgeCSS } = require(process.argv[2]);
const postcss = require(require.resolve("postcss", { paths: [process.argv[2]] }));

const input = JSON.parse(require("node:fs").readFileSync(0, "utf-8"));
const joined = postcss.root();
for (const { css, folder } of input.sheets) {
  const sheet = postcss.parse(css);
  sheet.walkDecls((declaration) => {
    // Fonts and images are named from where the sheet lies.
    declaration.value = declaration.value.replace(/url\((?!["']?(?:data:|#|\/))(["']?)/g, `url($1${folder}`);
  });
  joined.append(sheet);
}
joined.walkComments((comment) => comment.remove());

const settings = {
  content: [{ raw: input.words.join("\n"), extension: "words" }],
  css: [{ raw: joined.toString() }],
  defaultExtractor: (text) => text.split("\n"),
  variables: true,
  safelist: { variables: input.variables },
};
new PurgeCSS().purge(settings).then(([result]) => process.stdout.write(result.css.replace(/\n\s*/g, "\n")));
