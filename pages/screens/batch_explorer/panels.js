// Small maps side by side, each with the batch of one selector and its numbers.

function buildPanel(parent) {
  const panel = make("div", { class: "panel" }, parent)
  const title = make("h4", {}, panel)
  const about = make("div", { class: "soft" }, panel)
  const map = drawMap(panel)
  const numbers = make("dl", {}, panel)
  const bar = make("div", {}, panel)
  const told = make("div", { class: "soft told" }, panel)
  return { panel, title, about, map, numbers, bar, told }
}

// Joint mutual information of a batch and its redundancy, as one bar.
function drawBar(parent, told) {
  parent.replaceChildren()
  const most = Math.max(told.most, 1e-9)
  const bar = make("div", { class: "bar", "aria-hidden": "true" }, parent)
  make("div", { class: "new", style: `width: ${(100 * told.joint) / most}%` }, bar)
  make("div", { class: "again", style: `width: ${(100 * (told.singles - told.joint)) / most}%` }, bar)
}

function showPanel(parts, panel, backdrop) {
  const { color, shape, dash } = panel.style
  parts.panel.style.borderTop = `4px solid ${color}`
  parts.title.replaceChildren()
  const glyph = make("svg", { viewBox: "-20 -10 40 20", "aria-hidden": "true" }, parts.title)
  make("line", { x1: -19, x2: 19, stroke: color, "stroke-width": 2.5, "stroke-dasharray": dash }, glyph)
  make("path", { d: shape, fill: color, transform: "scale(7.5)" }, glyph)
  parts.title.append(panel.label)
  parts.about.textContent = panel.about
  drawSurfaces(parts.map, panel.surfaces).forEach((group, i) => (group.style.opacity = panel.surfaces[i].opacity))
  drawBackdrop(parts.map, backdrop)
  drawPicks(parts.map, panel.picks, panel.style)
  drawFar(parts.map, panel.far)
  parts.map.box.setAttribute("aria-label", panel.says)
  parts.numbers.replaceChildren()
  for (const { term, value, help, best } of panel.numbers) {
    make("dt", { title: help }, parts.numbers, term)
    make("dd", best ? { class: "best", title: "the best of these panels" } : {}, parts.numbers, value)
  }
  drawBar(parts.bar, panel.told)
  parts.told.textContent = panel.told.says
}

export default function (component) {
  const { parentElement, data } = component
  const root = parentElement.querySelector(".batch") ?? make("div", { class: "batch" }, parentElement)
  root.grid ??= make("div", { class: "panels" }, root)
  root.panels ??= []
  while (root.panels.length > data.panels.length) root.panels.pop().panel.remove()
  while (root.panels.length < data.panels.length) root.panels.push(buildPanel(root.grid))
  data.panels.forEach((panel, i) => showPanel(root.panels[i], panel, data.backdrop))
}
