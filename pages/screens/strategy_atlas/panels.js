// Panes with the same marks on all of them: drag one, or focus it and use the arrow keys.
// Coordinates are in the units of alcore.report.scene_panes: a unit square, y upwards, drawn on 1,000.

const SVG = "http://www.w3.org/2000/svg"
const SIDE = 1000
const PAUSE = 200 // ms without a key after which the position is sent
const PATIENCE = 1500 // ms in which the server must confirm a mark moved here

function make(tag, attributes = {}, parent = null, text = null) {
  const drawn = ["svg", "g", "path", "text", "title", "defs", "pattern", "line", "circle"].includes(tag)
  const element = drawn ? document.createElementNS(SVG, tag) : document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  if (text !== null) element.textContent = text
  if (parent !== null) parent.append(element)
  return element
}

function hatch(defs, color, id) {
  const pattern = make("pattern", { id, width: 28, height: 28, patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)" }, defs)
  make("line", { x1: 0, y1: 0, x2: 0, y2: 28, stroke: color, "stroke-width": 18 }, pattern)
  return `url(#${id})`
}

// The nearest place to [x, y] within a convex region whose corners run counter-clockwise.
function kept([x, y], corners) {
  let nearest = null
  let outside = false
  corners.forEach(([ax, ay], i) => {
    const [bx, by] = corners[(i + 1) % corners.length]
    const [dx, dy] = [bx - ax, by - ay]
    if (dx * (y - ay) - dy * (x - ax) < 0) outside = true
    const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
    const at = [ax + along * dx, ay + along * dy]
    const gap = Math.hypot(at[0] - x, at[1] - y)
    if (!nearest || gap < nearest.gap) nearest = { at, gap }
  })
  return outside ? nearest.at : [x, y]
}

function drawPane(parent, pane, number, id) {
  const box = make("section", { class: "pane" }, parent)
  make("h4", {}, box, pane.title)
  const frame = make("div", { class: "frame" }, box)
  const svg = make("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "group", "aria-label": pane.alt }, frame)
  const defs = make("defs", {}, svg)
  pane.layers.forEach(({ d, color, opacity, fill }, i) => {
    if (!d) return
    const paint = fill === "hatch" ? hatch(defs, color, `${id}-${number}-${i}`) : color
    make("path", { d, fill: paint, "fill-opacity": opacity }, svg)
  })
  if (pane.dots) make("path", { d: pane.dots, class: "dots" }, svg)
  for (const { d, dash } of pane.lines) if (d) make("path", { d, class: `line ${dash}` }, svg)
  for (const [x, y, text] of pane.labels) make("text", { x, y, class: "label" }, svg, text)
  const words = make("div", { class: "words" }, box)
  pane.words.forEach((line, i) => make("div", { class: i ? "soft" : "first" }, words, line))
  return { svg, frame, marks: new Map() }
}

export default function draw(component) {
  const { parentElement, data, setTriggerValue } = component
  const root = parentElement.querySelector(".panes") ?? make("div", { class: "panes" }, parentElement)
  const parts = (root.parts ??= { moved: {}, held: null, timer: 0, id: `p${Math.random().toString(36).slice(2)}` })
  parts.send = (letter, at) => setTriggerValue("moved", { letter, x: at[0], y: at[1] })
  parts.data = data
  // While a mark is dragged the page under it must not change.
  if (parts.held) return
  const focused = root.contains(root.getRootNode().activeElement) ? root.getRootNode().activeElement : null
  const spot = focused && [focused.dataset.pane, focused.dataset.letter]
  root.replaceChildren()
  root.style.setProperty("--count", data.panes.length)
  const panes = data.panes.map((pane, number) => drawPane(root, pane, number, parts.id))
  const spoken = make("div", { class: "spoken", "aria-live": "polite" }, root)

  const place = (letter, [x, y]) => {
    for (const { marks } of panes) {
      marks.get(letter).setAttribute("transform", `translate(${SIDE * x} ${SIDE * (1 - y)})`)
    }
  }
  const at = new Map()
  const move = (letter, wish) => {
    at.set(letter, kept(wish, parts.data.region))
    parts.moved[letter] = { at: at.get(letter), when: performance.now() }
    place(letter, at.get(letter))
  }
  const send = (letter) => parts.send(letter, at.get(letter))

  panes.forEach(({ svg, frame, marks }, number) => {
    const unit = () => SIDE / (svg.clientWidth || SIDE)
    for (const mark of data.marks) {
      const group = make("g", { class: "mark", tabindex: "0", role: "button", "data-pane": number,
        "data-letter": mark.letter, "aria-roledescription": "movable point",
        "aria-label": `${mark.letter}: ${mark.says}. Arrow keys move it, with Shift further.` }, svg)
      make("circle", { class: "reach", r: 1 }, group)
      make("path", { class: "shape", d: mark.shape }, group)
      make("text", {}, group, mark.letter)
      make("title", {}, group, `${mark.letter}: ${mark.says}`)
      marks.set(mark.letter, group)
      const toward = (event) => {
        const { left, top, width, height } = svg.getBoundingClientRect()
        return [(event.clientX - left) / width, 1 - (event.clientY - top) / height]
      }
      group.onpointerdown = (event) => {
        if (event.button !== 0) return
        parts.held = mark.letter
        group.setPointerCapture(event.pointerId)
        group.focus({ preventScroll: true })
        event.preventDefault()
      }
      group.onpointermove = (event) => {
        if (parts.held === mark.letter) move(mark.letter, toward(event))
      }
      group.onpointerup = group.onpointercancel = () => {
        if (parts.held !== mark.letter) return
        parts.held = null
        if (parts.moved[mark.letter]) send(mark.letter)
      }
      group.onkeydown = (event) => {
        const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }
        if (!(event.key in ways)) return
        event.preventDefault()
        const reach = (event.shiftKey ? 5 : 1) * parts.data.step
        const [x, y] = at.get(mark.letter)
        move(mark.letter, [x + ways[event.key][0] * reach, y + ways[event.key][1] * reach])
        clearTimeout(parts.timer)
        parts.timer = setTimeout(() => send(mark.letter), PAUSE)
      }
    }
    new ResizeObserver(() => frame.style.setProperty("--px", unit())).observe(frame)
    frame.style.setProperty("--px", unit())
  })
  for (const mark of data.marks) {
    // A mark moved here is kept until the server has confirmed it with a slightly rounded position.
    const own = parts.moved[mark.letter]
    const near = own && Math.hypot(own.at[0] - mark.at[0], own.at[1] - mark.at[1]) < 2 * data.step
    const behind = own && !near && performance.now() - own.when < PATIENCE
    if (!behind) delete parts.moved[mark.letter]
    at.set(mark.letter, behind ? own.at : mark.at)
    place(mark.letter, at.get(mark.letter))
  }
  if (spot) {
    root.querySelector(`[data-pane="${spot[0]}"][data-letter="${spot[1]}"]`)?.focus({ preventScroll: true })
    spoken.textContent = data.panes.map(({ title, words }) => `${title}: ${words[0]}`).join(". ")
  }
}
