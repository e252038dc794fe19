// A map of the pool as SVG, in the units of alcore.report.scene: a square of 1,000.

const SVG = "http://www.w3.org/2000/svg"
const SIDE = 1000

function make(tag, attributes = {}, parent = null, text = null) {
  const element = ["svg", "g", "path", "circle", "text", "title", "line", "polyline"].includes(tag)
    ? document.createElementNS(SVG, tag)
    : document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  if (text !== null) element.textContent = text
  if (parent !== null) parent.append(element)
  return element
}

// Markers keep their size in pixels whatever the width: CSS reads units a pixel from --px.
function keepPixels(box) {
  const observer = new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width) box.style.setProperty("--px", SIDE / contentRect.width)
  })
  observer.observe(box)
}

// Two layered drawings: the static one is not painted again while picks move.
function drawMap(parent) {
  const box = make("div", { class: "map", role: "img" }, parent)
  const layers = {}
  for (const [half, names] of [["ground", ["surfaces", "pool", "labelled"]], ["front", ["far", "picks", "hand"]]]) {
    const svg = make("svg", { class: half, viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" }, box)
    for (const name of names) layers[name] = make("g", { class: name }, svg)
  }
  keepPixels(box)
  const map = { box, layers, marks: new Map(), sizes: {} }
  // Picks are spread by their size in pixels, which depends on the width and is not measured at every drawing.
  new ResizeObserver(() => {
    Object.assign(map, { width: box.clientWidth, sizes: {} })
    spread(map)
  }).observe(box)
  return map
}

// A surface is a list of nested bands, which darken where they overlap.
function drawSurfaces(map, surfaces) {
  map.layers.surfaces.replaceChildren()
  return surfaces.map(({ paths, color }) => {
    const group = make("g", { fill: color }, map.layers.surfaces)
    for (const d of paths) if (d) make("path", { d }, group)
    return group
  })
}

// Another pool: its picks do not move from those before.
function drawBackdrop(map, backdrop) {
  map.box.classList.add("still")
  map.layers.pool.replaceChildren(make("path", { d: backdrop.pool }))
  map.layers.labelled.replaceChildren()
  for (const { name, shape, at } of backdrop.labelled) {
    for (const [x, y] of at) {
      const group = make("g", { transform: `translate(${x} ${y})` }, map.layers.labelled)
      make("path", { d: shape }, group)
      make("title", {}, group, `labelled: class ${name}`)
    }
  }
}

// Picks in both batches keep their marker, so that only changes move.
function drawPicks(map, picks, style) {
  const size = picks.length > 60 ? "many" : picks.length > 25 ? "some" : "few"
  map.layers.picks.setAttribute("class", `picks ${size}`)
  const wanted = new Set(picks.map((pick) => pick.id))
  const free = [...map.marks].filter(([id]) => !wanted.has(id))
  for (const [id] of free) map.marks.delete(id)
  for (const [position, pick] of picks.entries()) {
    let mark = map.marks.get(pick.id) ?? free.shift()?.[1]
    if (!mark) {
      mark = make("g", { class: "pick" }, map.layers.picks)
      make("line", { x1: 0, y1: 0, class: "leader" }, mark)
      make("path", { class: "twice" }, mark)
      make("path", { class: "shape" }, mark)
      make("text", {}, mark)
      make("title", {}, mark)
    }
    map.marks.set(pick.id, mark)
    const [, ring, shape, number, title] = mark.children
    mark.dataset.id = pick.id
    ring.setAttribute("d", pick.twice ? "M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0Z" : "")
    shape.setAttribute("d", style.shape)
    shape.setAttribute("fill", style.color)
    number.setAttribute("fill", style.ink)
    number.textContent = position + 1
    title.textContent = pick.says
  }
  for (const [, mark] of free) mark.remove()
  // The first pick is drawn last, on top of its near-duplicates. A marker in its place already goes on moving.
  for (const [place, pick] of [...picks].reverse().entries()) {
    const [mark, there] = [map.marks.get(pick.id), map.layers.picks.children[place] ?? null]
    if (mark !== there) map.layers.picks.insertBefore(mark, there)
  }
  map.picks = picks
  spread(map)
}

// Picks that would cover one another are moved apart, each with a line to its point.
function spread(map) {
  const { picks = [], box } = map
  map.width ||= box.clientWidth
  if (!picks.length || !map.width) return
  const unit = SIDE / map.width
  const kind = map.layers.picks.getAttribute("class")
  map.sizes[kind] ??= Number(getComputedStyle(map.layers.picks).getPropertyValue("--size")) || 8
  const size = map.sizes[kind]
  const gap = 1.9 * size * unit
  const edge = 1.2 * size * unit
  const xs = picks.map(({ x }, i) => x + 0.01 * Math.cos(2.4 * i))
  const ys = picks.map(({ y }, i) => y + 0.01 * Math.sin(2.4 * i))
  for (let turn = 0; turn < 60; turn++) {
    let moved = false
    for (let i = 0; i < xs.length; i++) for (let j = i + 1; j < xs.length; j++) {
      const dx = xs[j] - xs[i]
      const dy = ys[j] - ys[i]
      const square = dx * dx + dy * dy
      if (square >= gap * gap || square === 0) continue
      const push = 0.5 * (gap / Math.sqrt(square) - 1)
      xs[i] -= push * dx
      ys[i] -= push * dy
      xs[j] += push * dx
      ys[j] += push * dy
      moved = true
    }
    if (!moved) break
  }
  const within = (value) => Math.min(Math.max(value, edge), SIDE - edge)
  picks.forEach((pick, i) => {
    const mark = map.marks.get(pick.id)
    const [x, y] = [within(xs[i]), within(ys[i])]
    const leader = mark.children[0]
    leader.setAttribute("x2", pick.x - x)
    leader.setAttribute("y2", pick.y - y)
    leader.style.visibility = Math.hypot(pick.x - x, pick.y - y) > 0.4 * gap ? "" : "hidden"
    mark.style.transform = `translate(${x}px, ${y}px)`
  })
}

// The farthest unlabelled point, and its distance to the nearest label.
function drawFar(map, far) {
  map.layers.far.replaceChildren()
  if (!far) return
  const { x, y, radius, says } = far
  const circle = make("circle", { cx: x, cy: y, r: radius }, map.layers.far)
  make("title", {}, circle, says)
  make("circle", { cx: x, cy: y, class: "centre" }, map.layers.far)
}
