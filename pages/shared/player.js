// A control bar that shows the frames of a plotly chart on the same page, one round at a time, without the
// server. Streamlit keeps plotly.js to itself, so the chart brings a button without anything to see whose
// click calls Plotly.animate with the arguments bound to it: the bar sets these and clicks.

const HOOK = ".updatemenu-button"
const NOW = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } }
const ROUNDS_A_SECOND = 4
const PATIENCE = 3000 // ms that a chart has to show a round
const TRIES = 3 // rounds not shown in time until the chart is given up
const LOOK = 400 // ms between looks for a chart that was drawn anew
const LOOKS = 12 // charts without the button until they are given up
const SPEAK = 1000 // ms at least between two announcements

const bars = new WeakMap()

export default function (component) {
  const { data, parentElement, setStateValue } = component
  const root = parentElement.querySelector(".alcore-player")
  if (!root || !data) return undefined
  const known = bars.get(parentElement)
  const bar = known?.root === root ? known : makeBar(root)
  if (known && known !== bar) known.close()
  bars.set(parentElement, bar)
  bar.stuck = () => setStateValue("stuck", true)
  bar.load(data)
  return () => {
    bars.get(parentElement)?.close()
    bars.delete(parentElement)
  }
}

function makeBar(root) {
  const button = (does) => root.querySelector(`[data-does="${does}"]`)
  const range = root.querySelector("input")
  const where = root.querySelector(".alcore-player-where")
  const live = root.querySelector('[role="status"]')
  const speed = root.querySelector("select")

  let reel = null // what there is to show
  let head = "" // its first bytes: the token
  let index = 0 // the round wanted
  let shown = null // the round the chart shows, null if not known
  let chart = null // the chart it was shown on
  let busy = null // the timer of a step under way
  let failures = 0 // rounds in a row that were not shown in time
  let missing = 0 // looks in a row at a chart without the button
  let playing = false
  let due = 0
  let spoken = 0
  let toSpeak = null
  let pointer = null

  const last = () => reel.frames.length - 1

  // The chart may be another element after each rerun; it is known by its token.
  const findChart = () =>
    [...document.querySelectorAll(".js-plotly-plot")].find((one) => one.layout?.meta?.reel === reel.token)

  // What is told of the point under the pointer follows the rounds.
  const point = (event) => {
    if (event.isTrusted) pointer = event
  }
  document.addEventListener("mousemove", point, { passive: true })
  const tellAgain = (one) => {
    if (!pointer || !one.querySelector(".hoverlayer .hovertext")) return
    const { clientX, clientY } = pointer
    const under = document.elementFromPoint(clientX, clientY)
    if (one.contains(under)) {
      under.dispatchEvent(new MouseEvent("mousemove", { clientX, clientY, bubbles: true }))
    }
  }

  const giveUp = () => {
    root.hidden = true
    bar.close()
    bar.stuck()
  }

  const pump = () => {
    if (busy !== null || !reel || index === shown) return
    chart = findChart()
    const hook = chart?.querySelector(HOOK)
    if (!hook?.__data__) return // not drawn yet: the next look finds it
    const step = index
    const now = chart
    const done = () => {
      clearTimeout(busy)
      busy = null
      failures = 0
      now.removeListener("plotly_animated", done)
      if (now === chart) shown = step
      tellAgain(now)
      pump()
    }
    const late = () => {
      busy = null
      now.removeListener("plotly_animated", done)
      if (document.hidden || !now.isConnected) return // nothing moves in a hidden page
      failures += 1
      if (failures === TRIES) giveUp()
    }
    busy = setTimeout(late, PATIENCE)
    now.on("plotly_animated", done)
    hook.__data__.args = [[{ data: reel.frames[step], traces: reel.traces }], NOW]
    hook.dispatchEvent(new MouseEvent("click"))
  }

  const words = () => {
    const labels = reel.labels[index].toLocaleString("en")
    return `Round ${index} of ${last()} · ${labels} ${reel.labels[index] === 1 ? "label" : "labels"}`
  }

  const speak = () => {
    toSpeak = null
    spoken = performance.now()
    live.textContent = words()
  }

  const paint = () => {
    range.max = last()
    range.value = index
    range.setAttribute("aria-valuetext", words())
    where.textContent = words()
    button("first").disabled = button("back").disabled = index === 0
    button("forward").disabled = button("last").disabled = index === last()
    const name = playing ? "Pause" : "Play"
    if (button("play").getAttribute("aria-label") !== name) button("play").setAttribute("aria-label", name)
    root.toggleAttribute("data-playing", playing)
    toSpeak ??= setTimeout(speak, Math.max(150, SPEAK - (performance.now() - spoken)))
  }

  const show = (round) => {
    const focused = document.activeElement
    index = Math.min(Math.max(round, 0), last())
    paint()
    // A button that has just been disabled would take the keyboard with it.
    if (focused?.disabled && root.contains(focused)) button("play").focus()
    pump()
  }

  const tick = (now) => {
    if (!playing) return
    if (now >= due && busy === null) {
      due = Math.max(due, now - 50) + 1000 / (ROUNDS_A_SECOND * Number(speed.value))
      if (index + 1 >= last()) playing = false
      show(index + 1)
    }
    requestAnimationFrame(tick)
  }

  const play = () => {
    playing = true
    due = performance.now()
    if (index === last()) {
      show(0)
      due += 1000 / (ROUNDS_A_SECOND * Number(speed.value))
    } else paint()
    requestAnimationFrame(tick)
  }

  const pause = () => {
    playing = false
    paint()
  }

  const actions = {
    first: () => show(0),
    back: () => show(index - 1),
    play: () => (playing ? pause() : play()),
    forward: () => show(index + 1),
    last: () => show(last()),
  }
  const act = (name) => {
    if (name !== "play") playing = false
    actions[name]()
  }

  for (const name of Object.keys(actions)) button(name).onclick = () => act(name)
  range.oninput = () => {
    playing = false
    show(Number(range.value))
  }
  root.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === speed) return
    // A button answers to the space bar and the range to the arrows by themselves.
    const keys = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last", " ": "play" }
    const name = keys[event.key]
    const own = event.key === " " ? event.target instanceof HTMLButtonElement : event.target === range
    if (!name || own) return
    event.preventDefault()
    act(name)
  }

  const look = () => {
    if (!reel) return
    const found = findChart()
    if (found && found !== chart) {
      chart = found
      shown = index === last() ? index : null // a chart opens on the last round
    }
    missing = found && !document.hidden && !found.querySelector(HOOK) ? missing + 1 : 0
    if (missing === LOOKS) {
      giveUp()
      return
    }
    const frame = found?.closest('[data-testid="stFullScreenFrame"]')
    root.toggleAttribute("data-full", Boolean(frame) && getComputedStyle(frame).position === "fixed")
    pump()
  }
  const looking = setInterval(look, LOOK)

  const bar = {
    root,
    stuck: () => {},
    load(bytes) {
      const decoder = new TextDecoder()
      const start = decoder.decode(bytes.subarray(0, 64))
      if (start === head) return
      head = start
      reel = JSON.parse(decoder.decode(bytes))
      clearTimeout(busy)
      busy = null
      playing = false
      index = shown = last()
      chart = findChart() ?? null
      root.hidden = false
      paint()
    },
    close() {
      playing = false
      reel = null
      head = ""
      clearInterval(looking)
      document.removeEventListener("mousemove", point)
      clearTimeout(busy)
      clearTimeout(toSpeak)
    },
  }
  return bar
}
