// SPDX-License-Identifier: Apache-2.0
// Draws the figures of the page from the specifications in it, with an interpreter in place of compiled expressions, so
// that the content security policy need not allow any.
(() => {
  "use strict";
  const font = getComputedStyle(document.body).fontFamily;
  const config = {
    background: "transparent", font, padding: 4,
    axis: { labelFontSize: 11, titleFontSize: 11.5, titleFontWeight: 500, labelColor: "#26323c", titleColor: "#26323c",
            domainColor: "#6b7883", tickColor: "#6b7883", gridColor: "#e3e8ec", labelOverlap: true, labelFlush: false, labelSeparation: 4,
            tickCount: 5, titlePadding: 6 },
    view: { stroke: "#d5dce2" },
    legend: { orient: "top", direction: "horizontal", title: null, labelFontSize: 12, labelLimit: 320, symbolSize: 70,
              columns: 3, offset: 6 },
    header: { labelFontSize: 12, labelFontWeight: 600, labelColor: "#16202a", labelPadding: 4, labelLimit: 260,
              labelAnchor: "start", titleFontSize: 12 },
    facet: { spacing: 14 },
    mark: { invalid: "break-paths-show-path-domains" },
  };
  const views = new Map();
  // A sheet of A4 between its margins, 182 mm at 96 pixels an inch. Figures that were drawn for the window and made
  // smaller would have letters that nobody can read.
  const paper = 680;

  // Few columns and short labels where there is little room.
  function legend(width, columns) {
    return width < 520 ? { columns, labelLimit: Math.floor(0.7 * width / columns) } : { columns: 4 };
  }

  // Small multiples: as many side by side as fit, each as wide as is left.
  function laidOut(spec, width) {
    const shown = structuredClone(spec);
    const cell = shown.usermeta && shown.usermeta.cell;
    if (cell) {
      const around = 62;
      const least = width === paper ? Math.min(cell, 150) : cell;
      const columns = Math.max(1, Math.min(Math.floor(width / (least + around)), shown.usermeta.count || 99));
      shown.columns = columns;
      shown.spec.width = Math.max(120, Math.floor(width / columns) - around);
      shown.autosize = { type: "pad" };
      shown.config = { legend: legend(width, 2) };
    } else {
      shown.width = Math.max(160, width - 8);
      shown.autosize = { type: "fit-x", contains: "padding" };
      shown.config = { legend: legend(width, 1) };
      if (width < 520) shown.config.axisY = { labelLimit: 110 };
    }
    return shown;
  }

  async function draw(place, width = place.clientWidth) {
    const spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
    try {
      const compiled = vegaLite.compile(laidOut(spec, width), { config }).spec;
      const runtime = vega.parse(compiled, null, { ast: true });
      const view = new vega.View(runtime, {
        expr: vegaInterpreter.expressionInterpreter, renderer: "svg", hover: false, container: place,
      });
      if (views.has(place)) views.get(place).view.finalize();
      views.set(place, { view, width });
      await view.runAsync();
      place.dataset.drawn = "yes";
    } catch (error) {
      place.textContent = "This figure could not be drawn; its table holds the numbers.";
      place.classList.add("failed");
      console.error(place.id, error);
    }
  }

  async function drawAll() {
    for (const place of document.querySelectorAll(".vega")) await draw(place);
    document.body.dataset.drawn = "yes";
  }

  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      for (const [place, { width }] of views) if (place.clientWidth !== width) draw(place);
    }, 200);
  });

  // On paper every table is open, and figures are drawn for its width.
  let opened = [];
  addEventListener("beforeprint", () => {
    for (const place of views.keys()) draw(place, paper);
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
    opened = [];
    for (const place of views.keys()) draw(place);
  });

  for (const button of document.querySelectorAll("button[data-figure]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const place = document.getElementById(button.dataset.figure);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([await views.get(place).view.toSVG()], { type: "image/svg+xml" }));
      link.download = button.dataset.figure + ".svg";
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }
  drawAll();
})();
