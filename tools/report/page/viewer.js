// SPDX-License-Identifier: Apache-2.0
// Shows the maps of the page in 3-D with NiiVue. A map is a NIfTI file in base64, in a block of its own.
(async () => {
  "use strict";
  const canvas = document.getElementById("view");
  const choice = document.getElementById("map");
  const planes = document.getElementById("planes");
  const end = document.getElementById("end");
  const place = document.getElementById("place");
  const done = (state) => { document.body.dataset.drawn = state; };

  function say(text) {
    canvas.hidden = true;
    place.textContent = text;
    place.classList.add("failed");
    done("no");
  }

  if (!document.createElement("canvas").getContext("webgl2")) {
    say("This browser has no WebGL 2, which the 3-D view needs. The page of pet-report shows the same maps as slices.");
    return;
  }
  const maps = JSON.parse(document.getElementById("maps").textContent);
  const volumes = new Map();
  let shown;

  const tell = (location) => {
    const map = maps[choice.value];
    const value = location.values.length > 0 ? location.values[0].value : 0;
    const [x, y, z] = location.mm;
    const at = [x < 0 ? "left" : "right", y < 0 ? "back" : "front", z < 0 ? "foot" : "head"]
      .map((side, i) => `${Math.abs([x, y, z][i]).toFixed(0)} mm ${side}`).join(", ");
    place.textContent = `${map.quantity} ${value === 0 ? "not estimated" : Number(value.toPrecision(3)) + map.unit} at the crosshair (${at})`;
  };

  const viewer = new niivue.Niivue({
    backColor: [1, 1, 1, 1], crosshairColor: [0.75, 0.1, 0.1, 1], fontColor: [0.09, 0.13, 0.16, 1], isColorbar: true,
    isRadiologicalConvention: true, multiplanarShowRender: niivue.SHOW_RENDER.ALWAYS, dragAndDropEnabled: false,
    crosshairWidth: 0.6, crosshairWidthUnit: "mm", isNearestInterpolation: true, multiplanarPadPixels: 8,
    isAlphaClipDark: true, sagittalNoseLeft: true,
    multiplanarLayout: niivue.MULTIPLANAR_TYPE.GRID, loadingText: "", onLocationChange: tell, logLevel: "silent",
  });
  // Where there is no room, as while the page is being left, NiiVue would ask for tiles of negative size.
  const drawScene = viewer.drawScene.bind(viewer);
  viewer.drawScene = () => (Math.min(canvas.width, canvas.height) < 32 ? undefined : drawScene());
  try {
    await viewer.attachToCanvas(canvas);

    // The slider is the share of the end that the page proposes.
    const scale = () => {
      shown.cal_max = maps[choice.value].largest * end.value / 100;
      viewer.updateGLVolume();
    };
    const show = async () => {
      const number = choice.value;
      const map = maps[number];
      if (!volumes.has(number))
        volumes.set(number, await niivue.NVImage.loadFromBase64({
          base64: document.getElementById(`map-${number}`).textContent, name: `map-${number}.nii`, colormap: "viridis",
          cal_min: map.largest / 1000, cal_max: map.largest, ignoreZeroVoxels: true,
        }));
      if (choice.value !== number) return;  // another was chosen while this one was read
      while (viewer.volumes.length > 0) viewer.removeVolume(viewer.volumes[0]);
      shown = volumes.get(number);
      shown.colormapType = 1;  // the colours begin at 0, and what is below cal_min is transparent
      viewer.addVolume(shown);
      scale();
    };
    const lay = () => viewer.setSliceType(planes.value === "render" ? viewer.sliceTypeRender : viewer.sliceTypeMultiplanar);

    choice.addEventListener("change", () => show().catch((error) => {
      say("This map could not be drawn in 3-D. The page of pet-report shows it as slices.");
      console.error(error);
    }));
    planes.addEventListener("change", lay);
    end.addEventListener("input", scale);
    lay();
    await show();
    viewer.createOnLocationChange();
    done("yes");
  } catch (error) {
    say("The maps could not be drawn in 3-D. The page of pet-report shows them as slices.");
    console.error(error);
  }
})();
