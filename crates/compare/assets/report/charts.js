// Draws every chart of the page from the specifications in #charts, again when light and dark change. Expressions are
// interpreted (`ast`), so the page's policy may forbid `eval`.
(() => {
  "use strict";
  const specs = JSON.parse(document.getElementById("charts").textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(name).trim();
    const [text, faint, line] = [of("--text"), of("--faint"), of("--line")];
    return {
      background: null,
      font: "system-ui, sans-serif",
      view: { stroke: null },
      axis: { labelColor: text, titleColor: faint, gridColor: line, tickColor: line, domainColor: line,
        labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelLimit: 220 },
      legend: { labelColor: text, titleColor: faint, labelLimit: 220, labelFontSize: 12, orient: "bottom", columns: 4 },
      tick: { color: faint },
      range: { category: of("--series").split(" ") },
    };
  };

  const draw = () => Promise.all(specs.map((spec, place) =>
    vegaEmbed(`#chart-${place + 1}`, structuredClone(spec), {
      mode: "vega-lite", renderer: "svg", actions: false, ast: true, config: colours(),
      tooltip: { theme: dark.matches ? "dark" : "light" },
    })));

  document.documentElement.classList.add("drawn");
  const drawn = () => draw().then(
    () => { document.documentElement.dataset.charts = String(specs.length); },
    (error) => {
      // The tables say the same.
      document.documentElement.classList.remove("drawn");
      console.error(error);
    });
  drawn();
  dark.addEventListener("change", drawn);
})();
