// SPDX-License-Identifier: Apache-2.0
// node browser.mjs PAGE FOLDER: opens a report in headless Chromium with the network cut, at 1280 and 400 pixels, and
// leaves a screenshot of every section in FOLDER, or one of the view of a page of pet-report --viewer. Ends with 1 and a line for each fault: a message on the console, a
// request that leaves the file, a figure that is not drawn, a page wider than its window or than a sheet of A4 when it is
// printed, a blank screenshot, a PDF that has no pages or no text. Ends with
// 77 where there is no Chromium. It speaks the DevTools protocol over a pipe; no port is opened.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inflateSync } from "node:zlib";

const [page, folder] = process.argv.slice(2);
if (!page || !folder) {
  console.error("usage: node browser.mjs PAGE FOLDER");
  process.exit(2);
}
const program = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync("which", [name]).status === 0);
if (!program) {
  console.error("browser.mjs: no Chromium; the page was not opened");
  process.exit(77);
}
mkdirSync(folder, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), "occupet-browser-"));
const browser = spawn(program, [
  "--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
  "--host-resolver-rules=MAP * ~NOTFOUND", "--force-device-scale-factor=1", "--remote-debugging-pipe",
  `--user-data-dir=${profile}`, "about:blank",
], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const deadline = setTimeout(() => finish(["the browser was not done within 540 s"]), 540000);

const faults = [];
const waiting = new Map();
const listeners = [];
let session;
let next = 0;
let unread = "";
browser.stdio[4].on("data", (bytes) => {
  unread += bytes;
  for (let end = unread.indexOf("\0"); end >= 0; end = unread.indexOf("\0")) {
    const message = JSON.parse(unread.slice(0, end));
    unread = unread.slice(end + 1);
    if (message.id === undefined) {
      listeners.forEach((listen) => listen(message.method, message.params));
      continue;
    }
    const { fulfil, refuse } = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) refuse(new Error(message.error.message));
    else fulfil(message.result);
  }
});

function send(method, params = {}) {
  const id = ++next;
  const message = { id, method, params, ...(session ? { sessionId: session } : {}) };
  browser.stdio[3].write(JSON.stringify(message) + "\0");
  return new Promise((fulfil, refuse) => waiting.set(id, { fulfil, refuse }));
}

async function evaluate(expression) {
  const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
  if (exceptionDetails) throw new Error(exceptionDetails.text);
  return result.value;
}

// Closes the browser, whose processes would else write into the profile while it is removed.
function finish(all) {
  clearTimeout(deadline);
  const tooLate = setTimeout(() => browser.kill("SIGKILL"), 10000);
  browser.once("exit", () => {
    clearTimeout(tooLate);
    rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
    all.forEach((fault) => console.error("browser.mjs: " + fault));
    process.exit(all.length > 0 ? 1 : 0);
  });
  session = undefined;
  send("Browser.close").catch(() => {});
}

// The share of pixels of a PNG (8 bits, no palette) that are not of its most frequent colour.
function shareDrawn(png) {
  const parts = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const size = png[25] === 6 ? 4 : 3;
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * size;
  let above = Buffer.alloc(stride);
  const count = new Map();
  for (let y = 0; y < height; ++y) {
    const filter = raw[y * (stride + 1)];
    const line = Buffer.from(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    for (let x = 0; x < stride; ++x) {
      const a = x >= size ? line[x - size] : 0;
      const b = above[x];
      const c = x >= size ? above[x - size] : 0;
      const p = a + b - c;
      const nearest = Math.abs(p - a) <= Math.abs(p - b) && Math.abs(p - a) <= Math.abs(p - c) ? a
        : Math.abs(p - b) <= Math.abs(p - c) ? b : c;
      line[x] += [0, a, b, (a + b) >> 1, nearest][filter];
    }
    for (let x = 0; x < stride; x += size) {
      const colour = (line[x] << 16) | (line[x + 1] << 8) | line[x + 2];
      count.set(colour, (count.get(colour) ?? 0) + 1);
    }
    above = line;
  }
  return 1 - Math.max(...count.values()) / (width * height);
}

async function open(width) {
  // Each width is a visit of its own: a page that is still shown would draw itself anew while the window shrinks.
  await send("Page.navigate", { url: "about:blank" });
  await send("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
  await send("Page.navigate", { url: pathToFileURL(resolve(page)).href });
  for (let tries = 0; tries < 600; ++tries) {
    const drawn = await evaluate("document.body && document.body.dataset.drawn");
    if (drawn === "yes") return;
    if (drawn === "no") {
      faults.push(`${width} px: not drawn: ` + await evaluate("document.getElementById('place').textContent"));
      return;
    }
    await new Promise((fulfil) => setTimeout(fulfil, 100));
  }
  faults.push(`${width} px: the figures were not drawn within 60 s`);
}

async function look(width) {
  await open(width);
  const seen = await evaluate(`({
    wide: document.documentElement.scrollWidth,
    figures: [...document.querySelectorAll(".vega")].map((place) => ({
      id: place.id,
      marks: place.querySelectorAll("svg .mark-symbol path, svg .mark-line path, svg .mark-rect path, svg .mark-rule line").length,
      width: place.querySelector("svg")?.getBoundingClientRect().width ?? 0,
      room: place.clientWidth,
    })),
    sections: [...document.querySelectorAll("main > section, #stage")].map((section) => {
      const box = section.getBoundingClientRect();
      return { id: section.id, x: 0, y: box.top + scrollY, width: innerWidth, height: Math.ceil(box.height) };
    }),
    images: [...document.images].filter((image) => !image.complete || image.naturalWidth === 0).length,
  })`);
  if (seen.wide > width) faults.push(`${width} px: the page is ${seen.wide} px wide`);
  if (seen.images > 0) faults.push(`${width} px: ${seen.images} pictures are not shown`);
  for (const figure of seen.figures) {
    if (figure.marks === 0) faults.push(`${width} px: ${figure.id} is empty`);
    if (figure.width > figure.room + 1) faults.push(`${width} px: ${figure.id} is ${figure.width} px wide in ${figure.room}`);
  }
  for (const { id, ...clip } of seen.sections) {
    const { data } = await send("Page.captureScreenshot",
      { clip: { ...clip, height: Math.min(clip.height, 8000), scale: 1 }, captureBeyondViewport: true });
    const png = Buffer.from(data, "base64");
    writeFileSync(join(folder, `${width}-${id}.png`), png);
    const share = shareDrawn(png);
    if (share < 0.005) faults.push(`${width} px: section ${id} is blank (${(100 * share).toFixed(2)} % drawn)`);
  }
  console.log(`${width} px: ${seen.figures.length} figures, ${seen.sections.length} sections`);
}

// What is wider than the sheet (A4 between margins of 14 mm, 688 pixels) makes the browser print everything smaller.
async function printed() {
  await send("Emulation.setEmulatedMedia", { media: "print" });
  await send("Emulation.setDeviceMetricsOverride", { width: 688, height: 1017, deviceScaleFactor: 1, mobile: false });
  const wide = await evaluate(`(async () => {
    dispatchEvent(new Event("beforeprint"));
    await new Promise((fulfil) => setTimeout(fulfil, 1000));
    const wide = [...document.querySelectorAll("table, svg.marks, img, p, li")]
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
      .map((one) => one.tagName + " " + one.textContent.slice(0, 60));
    dispatchEvent(new Event("afterprint"));
    return wide;
  })()`);
  wide.forEach((what) => faults.push("on paper too wide: " + what));
  await send("Emulation.setEmulatedMedia", { media: "" });
  const { data } = await send("Page.printToPDF", { printBackground: true, paperWidth: 8.27, paperHeight: 11.69 });
  const pdf = Buffer.from(data, "base64");
  writeFileSync(join(folder, "report.pdf"), pdf);
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g)?.length ?? 0;
  if (pages === 0 || !pdf.includes("/Font")) faults.push(`PDF: ${pages} pages, expected pages with text`);
  console.log(`PDF: ${pages} pages`);
}

try {
  const { targetInfos } = await send("Target.getTargets");
  const target = targetInfos.find((info) => info.type === "page");
  const attached = await send("Target.attachToTarget", { targetId: target.targetId, flatten: true });
  session = attached.sessionId;
  listeners.push((method, params) => {
    if (method === "Runtime.exceptionThrown") faults.push("exception: " + (params.exceptionDetails.exception?.description ?? params.exceptionDetails.text));
    if (method === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(params.type))
      faults.push(`console ${params.type}: ` + params.args.map((arg) => arg.value ?? arg.description).join(" "));
    if (method === "Log.entryAdded" && ["error", "warning"].includes(params.entry.level)) faults.push("log: " + params.entry.text);
    if (method === "Network.requestWillBeSent" && !/^(file|data|blob):/.test(params.request.url))
      faults.push("request: " + params.request.url);
  });
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(domain + ".enable");
  await send("Network.emulateNetworkConditions", { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 });
  for (const width of [1280, 400]) await look(width);
  if (await evaluate("document.querySelector('main > section') !== null")) await printed();
} catch (error) {
  faults.push(String(error));
}
finish([...new Set(faults)]);
