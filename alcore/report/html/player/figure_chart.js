// The figure on the page: drawn to the width there is, told about under the pointer, zoomed by dragging or by keys.

const NEAR = 20 // pixels from the pointer to a point that it means
const DRAG = 6 // pixels below which a drag is a click
const ROOM_LEAST = 420 // pixels of height that a figure takes, whatever the screen
const ROOM_BESIDE = 360 // where something is to be seen with it
const ZOOMS = { "+": 1.5, "=": 1.5, "-": 1 / 1.5, "−": 1 / 1.5 }
const STEP = 0.15 // of what a map shows: by how much an arrow key moves it
const calm = matchMedia("(prefers-reduced-motion: reduce)")
let charts = 0

// By how much the page above an element is scrolled.
function scrolledBy(element) {
  let scrolled = scrollY
  for (let one = element.parentElement; one && one !== document.scrollingElement; one = one.parentElement) {
    scrolled += one.scrollTop
  }
  return scrolled
}

// The ends of an axis, zoomed about their middle and moved by a share of what they show, within its whole range.
function viewed([low, high], [least, most], by, share) {
  const wide = Math.min((high - low) / by, most - least)
  const middle = (low + high) / 2 + share * (high - low)
  const from = Math.min(Math.max(middle - wide / 2, least), most - wide)
  return [from, from + wide]
}

function makeChart(host, onPick) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  const tip = document.createElement("div")
  svg.setAttribute("role", "img")
  tip.className = "alcore-tip"
  tip.hidden = true
  host.replaceChildren(svg, tip)
  const curveWords = "Learning curves: plus and minus zoom, Shift with an arrow moves, 0 shows all"
  const overCurves = keysOver(host, curveWords, "alcore-curve-keys")
  const pen = document.createElement("canvas").getContext("2d")
  const name = `alcore-figure-${++charts}`

  let figure = null
  let shown = null // the round
  let panes = []
  let views = {} // the ranges zoomed to, by the number of the axes
  let size = [0, 0]
  let place = null
  let room = 0 // height that the figure may take
  let below = 0 // height of what the page shows under it
  let pointer = null
  let dragged = null

  // The width of words of 12 pixels; bold ones are wider, in some fonts by a tenth.
  const measure = (text, weight = 400) => {
    pen.font = `${weight} 12px ${figure.layout.font.family}`
    return pen.measureText(text).width
  }

  // A trace as it is in the round shown; until its frames are there, as it is in the last.
  const now = (i) => {
    const moving = figure.frames ? figure.traces.indexOf(i) : -1
    if (moving >= 0) return { ...figure.data[i], ...figure.frames[shown][moving] }
    return figure.data[i].meta === "grows" ? grown(figure.data[i], figure.labels[shown]) : figure.data[i]
  }

  // Surfaces of neighbouring rounds fade into one another.
  const paintTraces = (which, fades) => {
    for (const i of which) {
      const pane = panes.find((one) => `x${one.number}` === figure.data[i].xaxis)
      const group = svg.querySelector(`[data-trace="${i}"]`)
      const old = fades && pane.isMap && figure.data[i].fill === "toself" ? group.lastElementChild : null
      group.innerHTML = drawn(now(i), pane, figure.symbols)
      if (!old) continue
      group.firstElementChild.setAttribute("class", "fill comes")
      old.setAttribute("class", "leaves")
      old.onanimationend = () => old.remove()
      group.prepend(old)
    }
    svg.querySelector(".words").innerHTML = wordsOf(figure, panes.at(-1), place, shown, measure)
  }

  // The height that is left on the screen below the figure's upper edge, and above its control bar.
  const roomOf = () => {
    const { top } = host.getBoundingClientRect()
    const under = below + (host.nextElementSibling?.offsetHeight ?? 0)
    if (document.fullscreenElement?.contains(host)) return innerHeight - top - 20 - under
    const least = below ? ROOM_BESIDE : ROOM_LEAST
    return Math.max(least, innerHeight - Math.min(top + scrolledBy(host), 0.45 * innerHeight) - 20 - under)
  }

  const paintAll = () => {
    const wide = host.clientWidth
    if (!wide || !figure) return
    const type = Number(getComputedStyle(host).getPropertyValue("--alcore-type")) || 1
    place = arrange(figure.layout, wide, room, type)
    const curves = place.boxes[axesOf(figure.layout).at(-1)]
    curves.wide -= endWidth(figure, place, measure)
    const high = Math.ceil(place.height)
    size = [wide, high]
    svg.setAttribute("viewBox", `0 0 ${wide} ${high}`)
    svg.setAttribute("width", wide)
    svg.setAttribute("height", high)
    svg.setAttribute("aria-label", figure.alt)
    panes = panesOf(figure.layout, place, views)
    svg.innerHTML = frameOf(figure, panes, place, wide, measure, name)
    paintTraces(figure.data.keys())
    tell()
    putOver(overCurves, panes.at(-1))
    keys?.put(panes.find((one) => figure.layout.meta.pick === `x${one.number}`) ?? null, figure.race)
  }

  const fit = () => {
    room = roomOf()
    if (figure) paintAll()
  }

  // The points of the pool that have no label, in a map.
  const unlabelled = (pane) => {
    const i = figure.data.findIndex((trace) => trace.meta === "pool" && trace.xaxis === `x${pane.number}`)
    const { x, y, order, labels } = now(i)
    const [xs, ys] = [numbers(x), numbers(y)]
    const known = new Set(order ? numbers(order).slice(0, labels) : [])
    const free = [...xs.keys()].filter((point) => !known.has(point))
    return new Map(free.map((point) => [point, [pane.across(xs[point]), pane.down(ys[point])]]))
  }
  const keys =
    onPick &&
    makeKeys(host, unlabelled, (at) => {
      pointer = at
      tell()
    }, (point) => onPick(point))

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
    const pool = figure.data.findIndex((one) => one.meta === "pool" && one.xaxis === found.trace.xaxis)
    tip.replaceChildren(...saidOf(found.trace, found.at, pool < 0 ? null : now(pool)))
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
    if (event.pointerType === "mouse" && event.button === 0 && pane) {
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
    if (Math.min(Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])) < DRAG) {
      if (Math.hypot(from[0] - to[0], from[1] - to[1]) < DRAG) pick(pane, ...to)
      return
    }
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
  const whole = () => {
    views = {}
    paintAll()
  }
  svg.ondblclick = whole

  // Plus and minus zoom all maps, or the curves with the focus on them; Shift with an arrow moves what is shown, zero
  // ends it. Returns whether the key is one of these.
  const zoomKey = ({ key, shiftKey, target }) => {
    const by = ZOOMS[key] ?? 1
    const way = shiftKey && WAYS[key]
    if (!figure || (by === 1 && !way && key !== "0")) return false
    const zoomed = panes.filter((pane) => pane.isMap !== (target === overCurves))
    if (key === "0") whole()
    else {
      for (const { number, x, y, xaxis, yaxis } of zoomed) {
        const [across, down] = way || [0, 0]
        views[number] = {
          x: viewed(x, xaxis.range, by, STEP * across),
          y: viewed(y, yaxis.range, by, -STEP * down),
        }
      }
      paintAll()
    }
    return true
  }
  host.onkeydown = (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && zoomKey(event)) event.preventDefault()
  }

  // A point of the pool that is clicked in the map that takes clicks.
  const pick = (pane, x, y) => {
    if (!onPick || figure.layout.meta.pick !== `x${pane.number}`) return
    const pool = figure.data.find((trace) => trace.meta === "pool" && trace.xaxis === `x${pane.number}`)
    const ys = numbers(pool.y)
    const away = [...numbers(pool.x)].map((px, i) => Math.hypot(pane.across(px) - x, pane.down(ys[i]) - y))
    const nearest = away.indexOf(Math.min(...away))
    if (away[nearest] <= NEAR) onPick(nearest)
  }

  // What stands above the figure is within one of the elements around it.
  const sizes = new ResizeObserver(() => {
    if (figure && (host.clientWidth !== size[0] || Math.abs(roomOf() - room) >= 1)) fit()
  })
  for (let one = host; one; one = one.parentElement) sizes.observe(one)
  addEventListener("resize", fit)

  return {
    load(next, round) {
      if (next.race !== figure?.race) views = {}
      figure = next
      shown = round
      below = next.below ?? below
      fit()
    },
    show(round) {
      if (round === shown) return
      const fades = Math.abs(round - shown) === 1 && !calm.matches
      shown = round
      if (!figure.frames) return
      const growing = figure.data.flatMap((trace, i) => (trace.meta === "grows" ? [i] : []))
      paintTraces([...figure.traces, ...growing], fades)
      tell()
    },
    zoomKey,
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
    close() {
      sizes.disconnect()
      removeEventListener("resize", fit)
    },
  }
}
