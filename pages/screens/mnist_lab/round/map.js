// The map of the pool: faint dots, as large as the model is uncertain, which move from round to round. An image is shown
// under the pointer; a click inspects it, and a line drawn around some selects them. A ring does both for the keyboard.

const MOVE = 700 // ms from one round to the next
const NEAR = 14 // pixels
const THUMB = 84
const STEP = 8 // pixels that an arrow key moves the ring
const SMALLEST = 8 // pixels, the radius of the ring at least
const PATIENCE = 1500 // ms in which the server must confirm a selection made here
const KEYS =
  "Arrow keys move a ring, with Shift further; Enter inspects the image in its middle, the space bar selects the " +
  "images in it, plus and minus change its size, Escape ends the selection."

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lab-map")
  if (!root || !data) return undefined
  const canvas = root.querySelector("canvas")
  const tip = root.querySelector(".lab-map-tip")
  const thumb = tip.querySelector("canvas")
  const play = root.querySelector("button")
  const where = root.querySelector(".lab-map-where")
  const spoken = root.querySelector(".lab-map-spoken")
  const pen = canvas.getContext("2d")
  const style = getComputedStyle(root)
  const ink = style.getPropertyValue("--st-text-color").trim() || "#333"
  canvas.setAttribute("aria-label", `${data.alt} ${KEYS}`)

  const sprite = new Image()
  sprite.src = data.sprite
  const cell = new Map(data.images.map((index, i) => [index, i]))

  const frames = data.frames.map((frame) => ({
    ...frame,
    at: new Map(frame.indices.map((index, i) => [index, i])),
  }))
  let now = frames.findIndex((frame) => frame.round === data.shown)
  if (now < 0) now = frames.length - 1
  let share = 1 // of the way from the frame before
  let playing = 0
  let line = null // the lasso being drawn
  // Selections in quick succession are kept until the server has confirmed the last.
  const behind = root.wish && root.wish.length !== data.lassoed.length && performance.now() - root.wishedAt < PATIENCE
  let chosen = new Set(behind ? root.wish : data.lassoed)
  const ring = (root.ring ??= { at: null, reach: 2 * NEAR }) // `at` as shares of the width and the height
  let dots = []
  root.dots = () => dots

  const size = () => [canvas.clientWidth, canvas.clientHeight]
  const place = (x, y) => {
    const [wide, high] = size()
    return [(wide / 2) * (1 + 0.00096 * x), (high / 2) * (1 - 0.00096 * y)]
  }

  const draw = () => {
    const [wide, high] = size()
    if (!wide) return
    const ratio = devicePixelRatio || 1
    canvas.width = wide * ratio
    canvas.height = high * ratio
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    const frame = frames[now]
    const before = share < 1 ? frames[now - 1] : null
    dots = frame.indices.map((index, i) => {
      let [x, y] = [frame.x[i], frame.y[i]]
      const old = before?.at.get(index)
      if (old !== undefined) {
        x = before.x[old] + (x - before.x[old]) * share
        y = before.y[old] + (y - before.y[old]) * share
      }
      const [px, py] = place(x, y)
      return { index, px, py, i, unsure: frame.unsure[i] / 255, guess: frame.guess[i], state: frame.state[i] }
    })
    for (const state of [0, 1, 2]) {
      for (const dot of dots) {
        if (dot.state !== state) continue
        const picked = chosen.size > 0 && chosen.has(dot.index)
        pen.globalAlpha = chosen.size > 0 ? (picked ? 1 : 0.12) : state === 2 ? 0.95 : 0.4
        pen.fillStyle = data.colors[dot.guess]
        pen.beginPath()
        pen.arc(dot.px, dot.py, 1.4 + 3.4 * dot.unsure + (state === 2 ? 1 : 0), 0, 7)
        pen.fill()
        if (state > 0) {
          pen.lineWidth = state === 2 ? 1.5 : 0.7
          pen.strokeStyle = ink
          pen.stroke()
        }
      }
    }
    pen.globalAlpha = 1
    // Names on the picture: each class at the middle of its certain points.
    pen.font = `700 20px ${style.fontFamily}`
    pen.textAlign = "center"
    pen.textBaseline = "middle"
    data.classes.forEach((name, label) => {
      const own = dots.filter((dot) => dot.guess === label && dot.unsure < 0.3)
      if (own.length < 3) return
      const middle = (key) => own.map((dot) => dot[key]).sort((a, b) => a - b)[own.length >> 1]
      pen.lineWidth = 4
      pen.strokeStyle = style.getPropertyValue("--st-background-color").trim() || "#fff"
      pen.strokeText(name, middle("px"), middle("py"))
      pen.fillStyle = ink
      pen.fillText(name, middle("px"), middle("py"))
    })
    if (line) {
      pen.strokeStyle = ink
      pen.lineWidth = 1.5
      pen.setLineDash([4, 3])
      pen.beginPath()
      line.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)))
      pen.closePath()
      pen.stroke()
      pen.setLineDash([])
    }
    if (root.steered && ring.at) {
      pen.strokeStyle = style.getPropertyValue("--st-primary-color").trim() || ink
      pen.lineWidth = 2.5
      pen.beginPath()
      pen.arc(...centre(), ring.reach, 0, 7)
      pen.stroke()
    }
    where.textContent = `Round ${frame.round}`
  }
  const centre = () => [ring.at[0] * size()[0], ring.at[1] * size()[1]]

  const step = (time) => {
    if (!playing) return
    if (share >= 1) {
      if (now === frames.length - 1) return stop()
      now += 1
      share = 0
      playing = time
    }
    share = Math.min(1, (time - playing) / MOVE)
    draw()
    requestAnimationFrame(step)
  }
  const stop = () => {
    playing = 0
    play.textContent = "▶ Play over the rounds"
  }
  play.hidden = frames.length < 2
  play.onclick = () => {
    if (playing) return stop()
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      now = (now + 1) % frames.length
      return draw()
    }
    if (now === frames.length - 1) now = 0
    share = 1
    playing = performance.now()
    play.textContent = "❚❚ Pause"
    requestAnimationFrame(step)
  }

  const spot = (event) => {
    const box = canvas.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  const nearest = ([x, y]) => {
    let best = null
    let least = NEAR
    for (const dot of dots) {
      const away = Math.hypot(dot.px - x, dot.py - y)
      if (away < least) [best, least] = [dot, away]
    }
    return best
  }
  const show = (dot) => {
    tip.hidden = !dot
    if (!dot) return
    const at = cell.get(dot.index)
    const context = thumb.getContext("2d")
    context.imageSmoothingEnabled = false
    context.clearRect(0, 0, THUMB, THUMB)
    if (at !== undefined && sprite.complete) {
      const [w, h] = data.cell
      context.drawImage(sprite, (at % data.columns) * w, Math.floor(at / data.columns) * h, w, h, 0, 0, THUMB, THUMB)
    }
    const said = ["unlabelled", "labelled before", "queried"][dot.state]
    tip.lastElementChild.textContent = `predicted ${data.classes[dot.guess]}, ${said}`
    tip.style.left = `${Math.min(dot.px + 12, size()[0] - 110)}px`
    tip.style.top = `${Math.max(0, Math.min(dot.py - 60, size()[1] - 130))}px`
  }
  const inside = (dot) => {
    let odd = false
    for (let i = 0, j = line.length - 1; i < line.length; j = i++) {
      const [[xi, yi], [xj, yj]] = [line[i], line[j]]
      if (yi > dot.py !== yj > dot.py && dot.px < ((xj - xi) * (dot.py - yi)) / (yj - yi) + xi) odd = !odd
    }
    return odd
  }
  const select = (indices) => {
    chosen = new Set(indices)
    Object.assign(root, { wish: [...chosen], wishedAt: performance.now() })
    setTriggerValue("lassoed", root.wish)
    draw()
  }
  canvas.onpointerdown = (event) => {
    root.steered = false
    if (event.pointerType === "touch" || event.button !== 0) return show(nearest(spot(event)))
    line = [spot(event)]
    canvas.setPointerCapture(event.pointerId)
  }
  canvas.onpointermove = (event) => {
    if (!line) return show(nearest(spot(event)))
    line.push(spot(event))
    show(null)
    draw()
  }
  canvas.onpointerup = (event) => {
    if (!line) return
    const reach = Math.max(...line.map(([x, y]) => Math.hypot(x - line[0][0], y - line[0][1])))
    if (reach < 5) {
      const dot = nearest(spot(event))
      if (dot) setTriggerValue("picked", dot.index)
    } else {
      select(dots.filter(inside).map((dot) => dot.index))
    }
    line = null
    draw()
  }
  canvas.onpointerleave = () => show(null)
  canvas.ondblclick = () => select([])
  canvas.onblur = () => {
    root.steered = false
    show(null)
    draw()
  }
  // What is in the ring, nearest its middle first.
  const ringed = () => {
    const [x, y] = centre()
    const far = (dot) => Math.hypot(dot.px - x, dot.py - y)
    return dots.filter((dot) => far(dot) <= ring.reach).sort((one, other) => far(one) - far(other))
  }
  const look = () => {
    root.steered = true
    draw()
    const found = ringed()
    show(found[0])
    const count = found.length === 1 ? "1 image" : `${found.length} images`
    const picked = chosen.size ? `, ${chosen.size} selected` : ""
    spoken.textContent = `${count} in the ring${picked}. ${found[0] ? tip.lastElementChild.textContent : ""}`
  }
  // It starts on the most uncertain of the queried images.
  const start = () => {
    const first = dots.filter((dot) => dot.state === 2).sort((one, other) => other.unsure - one.unsure)[0] ?? dots[0]
    ring.at = [first.px / size()[0], first.py / size()[1]]
  }
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
  canvas.onfocus = () => {
    if (!canvas.matches(":focus-visible") || !dots.length) return
    if (!ring.at) start()
    look()
  }
  canvas.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !dots.length) return
    if (!ring.at) start()
    const within = (value) => Math.min(Math.max(value, 0), 1)
    if (event.key in ways) {
      const step = STEP * (event.shiftKey ? 5 : 1)
      ring.at = ring.at.map((share, i) => within(share + (step * ways[event.key][i]) / size()[i]))
    } else if (event.key === "+" || event.key === "-") {
      ring.reach = Math.min(Math.max(ring.reach * (event.key === "+" ? 1.3 : 1 / 1.3), SMALLEST), size()[1] / 2)
    } else if (event.key === "Enter") {
      if (ringed()[0]) setTriggerValue("picked", ringed()[0].index)
    } else if (event.key === " ") {
      const own = ringed().map((dot) => dot.index)
      const more = own.some((index) => !chosen.has(index))
      if (own.length) select(more ? [...chosen, ...own] : [...chosen].filter((index) => !own.includes(index)))
    } else if (event.key === "Escape") {
      if (!chosen.size) return
      select([])
    } else return
    event.preventDefault()
    look()
  }
  const sizes = new ResizeObserver(draw)
  sizes.observe(canvas)
  draw()
  return () => {
    playing = 0
    sizes.disconnect()
  }
}
