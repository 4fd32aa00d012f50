// Builds core/ui/components/product_map.js and map_drawing.js from src/, and the licences of what is bundled: `npm ci && npm run build`.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync, existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const names = ["build.mjs", "package.json", "package-lock.json", ...readdirSync(join(here, "src")).sort().map((name) => `src/${name}`)];
const hash = createHash("sha256");
for (const name of names) hash.update(`${name}\0`).update(readFileSync(join(here, name))).update("\0");
const sources = hash.digest("hex");
const made = await build({
  entryPoints: { product_map: join(here, "src", "index.js"), map_drawing: join(here, "src", "drawing.js") },
  outdir: join(here, ".."),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  metafile: true,
  write: false,
  absWorkingDir: here,
});
for (const { path, text } of made.outputFiles) {
  // A loader that is never used could fetch its workers from a network: it gets no address.
  const bundled = text.replaceAll(/https:\/\/unpkg\.com[^"`]*?(?=["`$])/g, "about:blank#");
  const whole = `// ShelfLens' map of products. Built by map/build.mjs from sources ${sources}; licences beside it.\n${bundled}`;
  writeFileSync(path, whole);
  console.log(`${basename(path)}: ${(whole.length / 1024).toFixed(0)} KiB`);
}

// Every package of which a byte is in the bundle, with its licence in full.
const inputs = Object.values(made.metafile.outputs).flatMap((output) => Object.entries(output.inputs));
const packages = new Set();
for (const [path, { bytesInOutput }] of inputs) {
  const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path);
  if (found && bytesInOutput > 0) packages.add(found[1]);
}
const notices = [...packages].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json")));
  if (!/^(MIT|ISC|BSD-\d-Clause|Apache-2\.0|0BSD)$/.test(license)) throw new Error(`${name} has the licence ${license}`);
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const words = file && existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license} (the package holds no text of it)`;
  return `${name} ${version} (${license})\n\n${words}`;
});
writeFileSync(join(here, "..", "product_map.LICENSES.txt"), `${notices.join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
console.log(`${packages.size} packages`);
