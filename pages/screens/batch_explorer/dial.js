// A slider from uncertainty to coverage. It moves the picks in the browser; its value is sent on release.

function buildDial(root) {
  const dial = make("div", { class: "dial" }, root)
  const plane = make("div", { class: "plane" }, dial)
  const side = make("div", { class: "side" }, dial)
  const ends = make("div", { class: "ends" }, side)
  const left = make("div", {}, ends)
  const right = make("div", {}, ends)
  const input = make("input", { type: "range", "aria-label": "From uncertainty to coverage" }, side)
  const caption = make("div", { class: "soft caption" }, side)
  const beside = buildSide(side)
  const spoken = make("div", { class: "spoken", "aria-live": "polite" }, side)
  return { dial, map: drawMap(plane), left, right, input, caption, beside, spoken, wish: null, timer: 0 }
}

function nearest(stops, alpha) {
  const gaps = stops.map((stop) => Math.abs(stop.alpha - alpha))
  return gaps.indexOf(Math.min(...gaps))
}

// Every position of the slider, once the page has sent them; until then, or in a file, those of its own data.
function positionsOf(data) {
  const sent = document.alcoreBatches
  if (!sent || sent.token !== data.token) return data
  // Large batches: of the positions sent before, one may lack at which the slider stands now.
  const more = data.stops.filter(({ alpha }) => !sent.stops.some((stop) => stop.alpha === alpha))
  return more.length ? { ...sent, stops: [...sent.stops, ...more], points: { ...sent.points, ...data.points } } : sent
}

function showStop(parts, data, alpha) {
  const { stops, points } = positionsOf(data)
  const which = nearest(stops, alpha)
  const stop = stops[which]
  const picks = stop.picks.map((id, i) => {
    const [x, y, unsure, away] = points[id]
    const says = `pick ${i + 1}: uncertainty ${unsure}, ${away} from the nearest label`
    return { id, x, y, twice: stop.twice.includes(i), says }
  })
  drawPicks(parts.map, picks, data.style)
  drawFar(parts.map, stop.far)
  const [unsure, away] = parts.surfaces
  unsure.style.opacity = alpha
  away.style.opacity = 1 - alpha
  drawHeadline(parts.beside, stop.headline)
  parts.beside.place(stop.at, data.style)
  const share = Math.round(100 * alpha)
  parts.caption.textContent = `alpha = ${alpha.toFixed(2)}: ${share} % uncertainty, ${100 - share} % distance`
  parts.input.setAttribute("aria-valuetext", parts.caption.textContent)
  parts.map.box.setAttribute("aria-label", stop.says)
  return stop
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component
  const root = parentElement.querySelector(".batch") ?? make("div", { class: "batch" }, parentElement)
  if (!root.parts) {
    root.parts = buildDial(root)
    const hear = () => root.isConnected ? root.parts.showPositions() : document.removeEventListener("alcore-batches", hear)
    document.addEventListener("alcore-batches", hear)
  }
  const { parts } = root
  const { input } = parts
  root.style.setProperty("--left", data.surfaces[0].color)
  root.style.setProperty("--right", data.surfaces[1].color)
  root.style.setProperty("--thumb", data.style.color)
  for (const [end, box] of [[data.ends[0], parts.left], [data.ends[1], parts.right]]) {
    box.replaceChildren(end.title, make("br"), make("span", { class: "soft" }, null, end.help))
  }
  parts.surfaces = drawSurfaces(parts.map, data.surfaces)
  drawBackdrop(parts.map, data.backdrop)
  // The slider runs from uncertainty, alpha 1, on the left to coverage, alpha 0, on the right.
  Object.assign(input, { min: 0, max: 100, step: data.step })
  // A value set here is kept until the server has confirmed it.
  if (parts.wish === data.alpha && !parts.timer) parts.wish = null
  input.value = Math.round(100 * (1 - (parts.wish ?? data.alpha)))
  const alphaNow = () => Math.round(100 - input.value) / 100
  parts.show = () => showStop(parts, data, alphaNow())
  parts.showPositions = () => {
    drawTradeOff(parts.beside, positionsOf(data).trade)
    parts.show()
  }
  parts.showPositions()

  input.oninput = () => {
    clearTimeout(parts.timer)
    parts.timer = 0
    parts.wish = alphaNow()
    parts.map.box.classList.remove("still")
    showStop(parts, data, parts.wish)
  }
  input.onchange = () => {
    parts.timer = setTimeout(() => {
      parts.timer = 0
      // By now another pool may have been drawn.
      parts.spoken.textContent = parts.show().says
      setTriggerValue?.("alpha", parts.wish)
    }, data.wait)
  }
}
