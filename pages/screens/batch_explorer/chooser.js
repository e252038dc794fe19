// A map whose points can be chosen: by click, by drawing around them, or with the keyboard in order of rank.

const REACH = 16 // pixels from a click within which a point counts as hit
const PATIENCE = 1500 // ms in which the server must confirm a choice made here

function buildChooser(root) {
  const box = make("div", { class: "dial chooser" }, root)
  const map = drawMap(make("div", { class: "plane" }, box))
  const side = make("div", { class: "side" }, box)
  const count = make("div", { class: "count" }, side)
  const beside = buildSide(side)
  map.box.setAttribute("tabindex", "0")
  map.box.setAttribute("role", "application")
  map.lasso = make("path", { class: "lasso" }, map.layers.hand)
  map.cursor = make("circle", { class: "cursor", r: 0 }, map.layers.hand)
  const spoken = make("div", { class: "spoken", "aria-live": "polite" }, box)
  return { map, count, beside, spoken, at: -1, chosen: [], sent: null, sentAt: 0, later: 0 }
}

// The position of an event on the map, in its units.
function placed(box, event) {
  const { left, top, width } = box.getBoundingClientRect()
  return [((event.clientX - left) * SIDE) / width, ((event.clientY - top) * SIDE) / width]
}

function inside([x, y], corners) {
  let odd = false
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
    const [xi, yi] = corners[i]
    const [xj, yj] = corners[j]
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd
  }
  return odd
}

function closest(points, [x, y], reach) {
  let found = null
  for (const point of points) {
    const gap = Math.hypot(point.x - x, point.y - y)
    if (gap <= reach) [found, reach] = [point, gap]
  }
  return found
}

export default function draw(component) {
  const { parentElement, data, setTriggerValue } = component
  const root = parentElement.querySelector(".batch") ?? make("div", { class: "batch" }, parentElement)
  const parts = (root.parts ??= buildChooser(root))
  const { map, count, beside, spoken } = parts
  const { box } = map
  drawSurfaces(map, data.surfaces).forEach((group, i) => (group.style.opacity = data.surfaces[i].opacity))
  drawBackdrop(map, data.backdrop)
  drawFar(map, data.far)
  box.setAttribute("aria-label", data.says)
  count.textContent = data.count
  drawTradeOff(beside, data.trade)
  beside.headline.hidden = !data.headline
  if (data.headline) {
    drawHeadline(beside, data.headline)
    beside.place(data.at, data.style)
  }
  // Points come in order of rank.
  const points = data.points.map(([id, x, y, unsure, away], rank) => ({ id, x, y, unsure, away, rank }))
  const byId = new Map(points.map((point) => [point.id, point]))
  // Points chosen in quick succession are kept until the server has confirmed them all.
  const behind = parts.sent && parts.sent !== data.chosen.join() && performance.now() - parts.sentAt < PATIENCE
  clearTimeout(parts.later)
  if (behind) parts.later = setTimeout(() => draw(component), PATIENCE)
  else Object.assign(parts, { chosen: data.chosen, sent: null })
  let chosen = parts.chosen.filter((id) => byId.has(id))

  const show = () => {
    const picks = chosen.map((id, i) => {
      const { x, y, unsure, away } = byId.get(id)
      return { id, x, y, twice: data.twice.includes(id), says: `your pick ${i + 1}: uncertainty ${unsure}, ${away} from the nearest label` }
    })
    drawPicks(map, picks, data.style)
  }
  const send = (next) => {
    chosen = parts.chosen = next.slice(0, data.most)
    Object.assign(parts, { sent: chosen.join(), sentAt: performance.now() })
    show()
    setTriggerValue("chosen", chosen)
  }
  const toggle = ({ id }) => send(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id])
  show()

  // Kept over a drawing, which may come between press and release.
  parts.line ??= []
  box.onpointerdown = (event) => {
    if (event.button !== 0) return
    parts.line = [placed(box, event)]
    if (event.pointerType === "mouse") box.setPointerCapture(event.pointerId)
  }
  box.onpointermove = (event) => {
    if (!parts.line.length) return
    parts.line.push(placed(box, event))
    map.lasso.setAttribute("d", parts.line.length > 3 ? `M${parts.line.map((at) => at.join(" ")).join("L")}Z` : "")
  }
  box.onpointercancel = () => {
    parts.line = []
    map.lasso.setAttribute("d", "")
  }
  box.onpointerup = (event) => {
    if (!parts.line.length) return
    const unit = SIDE / box.clientWidth
    const corners = parts.line
    box.onpointercancel()
    const far = Math.max(...corners.map(([x, y]) => Math.hypot(x - corners[0][0], y - corners[0][1])))
    if (far < 6 * unit) {
      const hit = closest(points, placed(box, event), REACH * unit)
      if (hit) toggle(hit)
      return
    }
    const ringed = points.filter((point) => !chosen.includes(point.id) && inside([point.x, point.y], corners))
    if (ringed.length) send([...chosen, ...ringed.map((point) => point.id)])
  }

  const look = (at) => {
    parts.at = Math.min(Math.max(at, 0), points.length - 1)
    const { id, x, y, unsure, away } = points[parts.at]
    map.cursor.setAttribute("cx", x)
    map.cursor.setAttribute("cy", y)
    map.cursor.setAttribute("r", (15 * SIDE) / box.clientWidth)
    const state = chosen.includes(id) ? "chosen" : "not chosen"
    spoken.textContent = `Rank ${parts.at + 1} of ${points.length} by uncertainty: ${unsure}; ${away} from the nearest label; ${state}.`
  }
  box.onkeydown = (event) => {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 10, PageUp: -10 }
    if (event.key in steps) look(parts.at + steps[event.key])
    else if (event.key === "Home") look(0)
    else if (event.key === "End") look(points.length - 1)
    else if ((event.key === "Enter" || event.key === " ") && parts.at >= 0) {
      toggle(points[parts.at])
      look(parts.at)
    } else return
    event.preventDefault()
  }
  box.onblur = () => map.cursor.setAttribute("r", 0)
}
