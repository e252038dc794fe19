// The figure on the page: drawn to the width there is, told about under the pointer, zoomed by dragging.

const NEAR = 20 // pixels from the pointer to a point that it means
const DRAG = 6 // pixels below which a drag is a click
let charts = 0

function makeChart(host) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  const tip = document.createElement("div")
  svg.setAttribute("role", "img")
  tip.className = "alcore-tip"
  tip.hidden = true
  host.replaceChildren(svg, tip)
  const pen = document.createElement("canvas").getContext("2d")
  const name = `alcore-figure-${++charts}`

  let figure = null
  let shown = null // the round
  let panes = []
  let views = {} // the ranges zoomed to, by the number of the axes
  let size = [0, 0]
  let pointer = null
  let dragged = null

  const measure = (text) => {
    pen.font = `12px ${figure.layout.font.family}`
    return pen.measureText(text).width
  }

  // A trace as it is in the round shown; until its frames are there, as it is in the last.
  const now = (i) => {
    const place = figure.frames ? figure.traces.indexOf(i) : -1
    return place < 0 ? figure.data[i] : { ...figure.data[i], ...figure.frames[shown][place] }
  }

  const paintTraces = (which) => {
    for (const i of which) {
      const pane = panes.find((one) => `x${one.number}` === figure.data[i].xaxis)
      svg.querySelector(`[data-trace="${i}"]`).innerHTML = drawn(now(i), pane, figure.symbols)
    }
  }

  const paintAll = () => {
    const wide = host.clientWidth
    const full = document.fullscreenElement?.contains(host)
    const high = full ? Math.max(figure.layout.height, host.clientHeight) : figure.layout.height
    if (!wide || !figure) return
    size = [wide, high]
    svg.setAttribute("viewBox", `0 0 ${wide} ${high}`)
    svg.setAttribute("width", wide)
    svg.setAttribute("height", high)
    svg.setAttribute("aria-label", figure.alt)
    panes = panesOf(figure.layout, wide, high, views)
    svg.innerHTML = frameOf(figure, panes, wide, high, measure, name)
    paintTraces(figure.data.keys())
    tell()
  }

  const paneAt = (x, y) =>
    panes.find((one) => x >= one.left && x <= one.left + one.wide && y >= one.top && y <= one.top + one.high)

  // The nearest point that has something to say; of several at one place the last speaks.
  const pointAt = (x, y) => {
    const pane = paneAt(x, y)
    let best = null
    let least = NEAR
    for (const [i, trace] of figure.data.entries()) {
      if (!pane || trace.hoverinfo === "skip" || trace.xaxis !== `x${pane.number}`) continue
      const current = now(i)
      const xs = numbers(current.x)
      const ys = numbers(current.y)
      for (let k = 0; k < Math.min(xs.length, ys.length); k++) {
        const px = pane.across(xs[k])
        const py = pane.down(ys[k])
        const away = Math.hypot(px - x, py - y)
        if (away <= least) {
          least = away
          best = { trace: current, at: k, x: px, y: py }
        }
      }
    }
    return best
  }

  const tell = () => {
    const found = pointer && !dragged && figure ? pointAt(...pointer) : null
    tip.hidden = !found
    if (!found) return
    const { hoverlabel } = figure.layout
    Object.assign(tip.style, {
      background: hoverlabel.bgcolor,
      borderColor: hoverlabel.bordercolor,
      color: hoverlabel.font.color,
    })
    tip.replaceChildren(...saidOf(found.trace, found.at))
    // Beside the point, and where there is no room, on its other side; never out of the figure.
    const { offsetWidth: wide, offsetHeight: high } = tip
    const left = found.x + 12 + wide > size[0] ? found.x - 12 - wide : found.x + 12
    tip.style.left = `${Math.max(0, Math.min(left, size[0] - wide))}px`
    tip.style.top = `${Math.max(0, found.y - high / 2)}px`
  }

  const placeOf = (event) => {
    const box = svg.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }

  const band = () => {
    const [x, y] = dragged.to
    const box =
      svg.querySelector(".zoom") ?? svg.appendChild(document.createElementNS(svg.namespaceURI, "rect"))
    box.setAttribute("class", "zoom")
    box.setAttribute("x", Math.min(x, dragged.from[0]))
    box.setAttribute("y", Math.min(y, dragged.from[1]))
    box.setAttribute("width", Math.abs(x - dragged.from[0]))
    box.setAttribute("height", Math.abs(y - dragged.from[1]))
  }

  svg.onpointerdown = (event) => {
    pointer = placeOf(event)
    const pane = paneAt(...pointer)
    // A finger moves the page, not the axes.
    if (event.pointerType === "mouse" && event.button === 0 && pane && figure.layout.dragmode) {
      dragged = { pane, from: pointer, to: pointer }
      svg.setPointerCapture(event.pointerId)
    } else tell()
  }
  svg.onpointermove = (event) => {
    pointer = placeOf(event)
    if (dragged) {
      const { left, top, wide, high } = dragged.pane
      const [x, y] = pointer
      dragged.to = [Math.min(Math.max(x, left), left + wide), Math.min(Math.max(y, top), top + high)]
      band()
    }
    tell()
  }
  svg.onpointerup = () => {
    const done = dragged
    dragged = null
    svg.querySelector(".zoom")?.remove()
    if (!done) return
    const { pane, from, to } = done
    if (Math.min(Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])) < DRAG) return
    const [xa, ya] = pane.valueAt(...from)
    const [xb, yb] = pane.valueAt(...to)
    views[pane.number] = {
      x: [Math.min(xa, xb), Math.max(xa, xb)],
      y: [Math.min(ya, yb), Math.max(ya, yb)],
    }
    paintAll()
  }
  svg.onpointerleave = (event) => {
    if (event.pointerType !== "mouse") return // a finger that has left still means its point
    pointer = null
    tell()
  }
  svg.ondblclick = () => {
    views = {}
    paintAll()
  }

  const sizes = new ResizeObserver(() => {
    if (figure && (host.clientWidth !== size[0] || document.fullscreenElement?.contains(host))) paintAll()
  })
  sizes.observe(host)

  return {
    load(next, round) {
      if (next.race !== figure?.race) views = {}
      figure = next
      shown = round
      paintAll()
    },
    show(round) {
      if (round === shown) return
      shown = round
      if (!figure.frames) return
      paintTraces(figure.traces)
      tell()
    },
    // The picture as a file of its own: on the page's ground, its words as wide as here in any font.
    picture() {
      const copy = svg.cloneNode(true)
      copy.setAttribute("xmlns", svg.namespaceURI)
      const ground = document.createElementNS(svg.namespaceURI, "rect")
      ground.setAttribute("width", "100%")
      ground.setAttribute("height", "100%")
      ground.setAttribute("fill", getComputedStyle(host).getPropertyValue("--st-background-color").trim())
      copy.prepend(ground)
      const here = svg.querySelectorAll("text")
      copy.querySelectorAll("text").forEach((words, i) => {
        words.setAttribute("textLength", round(here[i].getComputedTextLength()))
        words.setAttribute("lengthAdjust", "spacingAndGlyphs")
      })
      return new XMLSerializer().serializeToString(copy)
    },
    close: () => sizes.disconnect(),
  }
}
