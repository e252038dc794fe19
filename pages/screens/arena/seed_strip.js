// One dot a seed: its gain over the baseline. A dot that is chosen, by a click or with the keyboard, is the race to watch.

const LEFT = 8
const RIGHT = 8
const ROW = 50
const AXIS = 30
const SVG = "http://www.w3.org/2000/svg"
const HIGHEST = 12 // pixels that a dot may stand off the middle of its row

// As `signed` of alcore/report/text/claims.py: one decimal, or as many as show the sign.
function signed(value) {
  const places = [1, 2, 3, 4, 5].find((one) => Number(value.toFixed(one)) !== 0)
  return places ? `${value > 0 ? "+" : ""}${value.toFixed(places)}`.replace("-", "−") : "0.0"
}

function element(name, properties, parent) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(properties)) made.setAttribute(key, value)
  parent?.append(made)
  return made
}

// Heights of dots such that none covers another, as far as there is room.
function heights(places) {
  const put = []
  return places.map((x) => {
    const tries = [0, -6, 6, -HIGHEST, HIGHEST]
    const y = tries.find((one) => put.every(([px, py]) => Math.hypot(px - x, py - one) > 8)) ?? 0
    put.push([x, y])
    return y
  })
}

function draw(host, { rows, seeds, seed }, choose) {
  const wide = host.clientWidth
  if (!wide) return
  const values = rows.flatMap(({ gains }) => gains).concat(0)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  // Without any difference the dots stand at the line of 0, in the middle.
  const share = (value) => (high > low ? (value - low) / (high - low) : 0.5)
  const across = (value) => LEFT + 10 + share(value) * (wide - LEFT - RIGHT - 20)
  const tall = rows.length * ROW + AXIS
  const svg = element("svg", { viewBox: `0 0 ${wide} ${tall}`, width: wide, height: tall })
  element("line", { x1: across(0), x2: across(0), y1: 16, y2: tall - AXIS, class: "zero" }, svg)
  const dots = []
  for (const [r, { name, color, gains }] of rows.entries()) {
    const middle = r * ROW + 33
    const title = element("text", { x: LEFT, y: r * ROW + 11, class: "name" }, svg)
    title.textContent = name
    const up = heights(gains.map(across))
    for (const [s, gain] of gains.entries()) {
      const dot = element("circle", {
        cx: across(gain), cy: middle + up[s], r: 5, fill: color, role: "radio", tabindex: -1,
        "aria-checked": seeds[s] === seed, "aria-label": `seed ${seeds[s]}: ${signed(gain)} points, ${name}`,
      }, svg)
      element("title", {}, dot).textContent = `Seed ${seeds[s]}: ${signed(gain)} points`
      dot.onclick = () => choose(seeds[s])
      dots.push({ dot, gain, row: r, chosen: seeds[s] === seed, seed: seeds[s] })
    }
  }
  const number = (value, words) => {
    element("text", { x: across(value), y: tall - AXIS + 12, "text-anchor": "middle" }, svg).textContent = words
  }
  number(0, "0")
  for (const end of [low, high]) {
    if (Math.abs(across(end) - across(0)) >= 40) number(end, signed(end))
  }
  element("text", { x: wide / 2, y: tall - 3, "text-anchor": "middle" }, svg).textContent =
    wide < 560
      ? "gain in points, one dot a seed: choose one"
      : "gain in points of mean accuracy, one dot a seed: choose one to watch its race"
  // Along a row by its gains, as they are read.
  const order = dots.toSorted((one, other) => one.row - other.row || one.gain - other.gain)
  ;(order.find(({ chosen }) => chosen) ?? order[0]).dot.setAttribute("tabindex", 0)
  for (const [i, one] of order.entries()) {
    one.dot.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key]
      if (step) {
        event.preventDefault()
        order[(i + step + order.length) % order.length].dot.focus()
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault()
        choose(one.seed)
      }
    }
  }
  // The dot with the keyboard is drawn anew as well.
  const held = host.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null
  host.replaceChildren(svg)
  if (held) order.find(({ dot }) => dot.getAttribute("aria-label") === held)?.dot.focus({ preventScroll: true })
}

const watched = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".seed-strip")
  if (!host || !data) return undefined
  const watch = (seed) => {
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth"
    document.querySelector(".st-key-main_visual")?.scrollIntoView({ behavior, block: "center" })
    setTriggerValue("seed", seed)
  }
  const paint = () => draw(host, data, watch)
  watched.get(host)?.disconnect()
  const sizes = new ResizeObserver(paint)
  sizes.observe(host)
  watched.set(host, sizes)
  paint()
  return () => sizes.disconnect()
}
