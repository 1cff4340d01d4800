"use strict";

// Runs before the page is painted, so that nobody who works in the dark is dazzled.
const dark = matchMedia("(prefers-color-scheme: dark)");
function paint() {
  document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
}
dark.addEventListener("change", paint);
paint();
