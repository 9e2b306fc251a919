// Builds what the browser receives from styles/, templates/ and the icons that they name.
// The same sources always give the same bytes: a test rebuilds and compares.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const project = resolve(here, "..");
const out = resolve(process.argv[2] ?? join(project, "static"));
const modules = join(here, "node_modules");

/** Every file below a folder that ends in one of the given suffixes, in a fixed order. */
function filesBelow(folder, suffixes) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && suffixes.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** One rule a line, so that two changes to the pages rarely meet in one line of the built sheet. */
function oneRuleALine(css) {
  let quote = "";
  let brackets = 0;
  let result = "";
  for (const sign of css) {
    result += sign;
    if (quote) {
      if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "(") brackets += 1;
    else if (sign === ")") brackets -= 1;
    else if (sign === "}" && brackets === 0) result += "\n";
  }
  return result.replace(/\}\n\}/g, "}}").replace(/\}\n(?=\})/g, "}");
}

function buildStyleSheet() {
  const target = join(out, "css", "app.css");
  execFileSync(
    process.execPath,
    [join(modules, "@tailwindcss/cli/dist/index.mjs"), "-i", join(here, "app.css"), "-o", target, "--minify"],
    { cwd: here, stdio: ["ignore", "ignore", "pipe"] },
  );
  writeFileSync(target, oneRuleALine(readFileSync(target, "utf8")));
}

/** Words of templates that happen to be names of icons, too. */
const justWords = new Set([
  "checkbox", "circle", "columns", "filters", "forms", "ghost", "id", "label", "list", "message", "network", "note", "password",
  "radio", "section", "select", "separator", "stack", "text", "writing",
]);

const isIcon = (name) => existsSync(join(modules, "@tabler/icons/icons/outline", `${name.replace(/-filled$/, "")}.svg`));

/** The quoted words inside {{ }} and {% %}, and in the file of the navigation, that are names of icons. */
function iconsNamedIn(file) {
  const text = readFileSync(file, "utf8");
  const code = file.endsWith(".py") ? [text] : [...text.matchAll(/\{[{%]([\s\S]*?)[}%]\}/g)].map((hit) => hit[1]);
  return code
    .flatMap((part) => [...part.matchAll(/["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']/g)].map((hit) => hit[1]))
    .filter((name) => !justWords.has(name) && isIcon(name));
}

/** Icons named in icons.txt, in templates, in the navigation, and as `icon="..."` anywhere in Python. */
function iconsUsed() {
  const listed = readFileSync(join(here, "icons.txt"), "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean);
  const drawn = /(?:\b|_)icon["']?\s*[(=:]\s*["']([a-z0-9][a-z0-9-]*)["']/g;
  const templates = filesBelow(join(project, "templates"), [".html"]);
  const written = [...templates, ...filesBelow(join(project, "advocacy"), [".py"])]
    .flatMap((file) => [...readFileSync(file, "utf8").matchAll(drawn)].map((hit) => hit[1]));
  const navigation = filesBelow(join(project, "advocacy/web"), [".py"]).filter((file) => file.endsWith("navigation.py"));
  return [...new Set([...listed, ...written, ...[...templates, ...navigation].flatMap(iconsNamedIn)])].sort();
}

/** One icon as a symbol; `name-filled` is the filled drawing of `name`. */
function symbol(name) {
  const filled = name.endsWith("-filled");
  const file = join(
    modules, "@tabler/icons/icons", filled ? "filled" : "outline", `${filled ? name.slice(0, -7) : name}.svg`);
  const drawing = readFileSync(file, "utf8")
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace("</svg>", "")
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/\s*\n\s*/g, "");
  const look = filled
    ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${look}>${drawing}</symbol>`;
}

function buildIcons() {
  const missing = [];
  const symbols = iconsUsed().flatMap((name) => {
    try {
      return [symbol(name)];
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      missing.push(name);
      return [];
    }
  });
  if (missing.length) {
    console.error(`No such Tabler icon: ${missing.join(", ")}. Look them up on https://tabler.io/icons`);
    process.exitCode = 1;
  }
  writeFileSync(join(out, "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
}

function copyVendored() {
  const inter = join(modules, "@fontsource-variable/inter/files");
  copyFileSync(join(inter, "inter-latin-wght-normal.woff2"), join(out, "fonts", "inter-latin.woff2"));
  copyFileSync(join(inter, "inter-latin-ext-wght-normal.woff2"), join(out, "fonts", "inter-latin-ext.woff2"));
  copyFileSync(join(modules, "htmx.org/dist/htmx.min.js"), join(out, "vendor", "htmx.min.js"));
}

for (const folder of ["css", "fonts", "vendor"]) mkdirSync(join(out, folder), { recursive: true });
buildIcons();
copyVendored();
buildStyleSheet();
