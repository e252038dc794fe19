// The keyboard on the map that takes clicks: arrow keys go from point to point, Enter chooses the point.

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

// Of points, [x, y] in pixels by their number, the nearest in a direction: a step aside counts twice. -1: there is none.
function nextToward(points, [x, y], [across, down]) {
  let best = -1
  let least = Infinity
  for (const [number, [px, py]] of points) {
    const along = (px - x) * across + (py - y) * down
    const aside = Math.abs((px - x) * down - (py - y) * across)
    if (along <= 0 || along + 2 * aside >= least) continue
    least = along + 2 * aside
    best = number
  }
  return best
}

// An element over a pane that takes the focus.
function keysOver(host, words, className) {
  const over = document.createElement("div")
  for (const [name, value] of [["class", className], ["tabindex", 0], ["role", "application"], ["aria-label", words]]) {
    over.setAttribute(name, value)
  }
  host.append(over)
  return over
}

function putOver(over, { left, top, wide, high }) {
  Object.assign(over.style, { left: `${left}px`, top: `${top}px`, width: `${wide}px`, height: `${high}px` })
}

// An element over the map that takes the focus. `pointsOf` returns the points that can be chosen, a map of number to
// place; `look` is told the place of the point that the keyboard is on, or null; `choose` its number.
function makeKeys(host, pointsOf, look, choose) {
  const words = "Your map: arrow keys go from point to point, Enter labels; plus and minus zoom, 0 shows all"
  const over = keysOver(host, words, "alcore-keys")
  const ring = document.createElement("span")
  over.hidden = ring.hidden = true
  over.append(ring)
  let pane = null
  let place = null // in the units of the map: it stays where it is when the window changes
  let race = null

  const at = () => [pane.across(place[0]), pane.down(place[1])]

  const show = () => {
    const on = place && document.activeElement === over && over.matches(":focus-visible")
    ring.hidden = !on
    if (on) {
      const [x, y] = at()
      ring.style.transform = `translate(${x - pane.left}px, ${y - pane.top}px)`
    }
    look(on ? at() : null)
  }

  const go = (number, [x, y]) => {
    over.dataset.point = number
    place = pane.valueAt(x, y)
    show()
  }

  // The point that is nearest a place.
  const near = ([x, y]) => {
    const far = ([px, py]) => Math.hypot(px - x, py - y)
    const found = [...pointsOf(pane)].reduce((one, other) => (far(other[1]) < far(one[1]) ? other : one))
    go(...found)
  }

  over.onfocus = () => (place ? show() : near([pane.left + pane.wide / 2, pane.top + pane.high / 2]))
  over.onblur = () => show()
  over.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.shiftKey) return // moves what the map shows
    if (event.key in WAYS) {
      const points = pointsOf(pane)
      const next = nextToward(points, at(), WAYS[event.key])
      if (next >= 0) go(next, points.get(next))
    } else if (event.key === "Enter" || event.key === " ") {
      if (pointsOf(pane).has(Number(over.dataset.point))) choose(Number(over.dataset.point))
    } else return
    event.preventDefault()
  }

  return {
    // Over which map it lies; null where none takes clicks.
    put(next, named) {
      if (named !== race) place = null
      race = named
      pane = next
      const held = !pane && document.activeElement === over
      over.hidden = !pane
      if (held) host.nextElementSibling?.querySelector("button:not(:disabled)")?.focus()
      if (!pane) return
      putOver(over, pane)
      if (document.activeElement === over) place ? show() : over.onfocus()
    },
  }
}
