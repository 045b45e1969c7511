// Bundles the style of the pages into one file whose name carries its digest, writes which file that
// is (manifest.json), and puts the licences of what was bundled beside it.
//   node build.mjs FOLDER
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const target = process.argv[2];
if (!target) throw new Error("usage: node build.mjs FOLDER");

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const result = await build({
  entryPoints: { style: "style.css" },
  outdir: target,
  bundle: true,
  minify: true,
  entryNames: "[name]-[hash]",
  assetNames: "fonts/[name]-[hash]",
  loader: { ".woff2": "file" },
  metafile: true,
  logLevel: "warning",
});

const files = Object.entries(result.metafile.outputs)
  .filter(([, output]) => output.entryPoint)
  .map(([file, output]) => [output.entryPoint, path.basename(file)]);
for (const [from, to] of [
  ["node_modules/@kern-ux/native/LICENSE.md", "KERN-UX-EUPL-1.2.md"],
  ["licences/Fira-Sans-OFL-1.1.txt", "Fira-Sans-OFL-1.1.txt"],
]) {
  await copyFile(from, path.join(target, to));
}

// No reference may lead away from this service.
for (const name of (await readdir(target)).filter((each) => each.endsWith(".css"))) {
  const text = await readFile(path.join(target, name), "utf8");
  const away = [...text.matchAll(/url\(\s*["']?((?:https?:)?\/\/[^"')]+)/g)].map((each) => each[1]);
  if (away.length) throw new Error(`${name} loads from elsewhere: ${away.join(", ")}`);
}
await writeFile(path.join(target, "manifest.json"), JSON.stringify(Object.fromEntries(files)) + "\n");
