// A figure and a control bar that shows its rounds, one at a time, all in the browser. A figure without
// frames is shown as it is in the last round; its frames follow by `adopt`.

const ROUNDS_A_SECOND = 3
const START = 900 // ms on the first round before the figure plays by itself
const SPEAK = 1000 // ms at least between two announcements

// `onPick` is called with the race and a point of the pool that was clicked in the map that takes clicks.
function makePlayer(root, onPick = null) {
  const bar = root.querySelector(".alcore-player")
  const button = (does) => bar.querySelector(`[data-does="${does}"]`)
  const range = bar.querySelector("input")
  const where = bar.querySelector(".alcore-player-where")
  const live = bar.querySelector('[role="status"]')
  const speed = bar.querySelector("select")
  const chart = makeChart(root.querySelector(".alcore-figure"), onPick && ((point) => onPick(figure.race, point)))

  let figure = null
  let reel = null // the last figure with frames
  let wanted = "" // the token of the figure to be shown
  let waiting = null // a figure that opens on its first round, until its frames are there
  let opened = "" // the last opening that was played or skipped
  let held = false // the figure stays on its first round until a question is answered
  let index = 0 // the round wanted
  let playing = false
  let due = 0
  let spoken = 0
  let toSpeak = null

  const last = () => figure.labels.length - 1

  const words = (round = index) => {
    if (figure.layout.meta.words) return figure.layout.meta.words[round]
    const labels = `${figure.labels[round].toLocaleString("en")} ${figure.labels[round] === 1 ? "label" : "labels"}`
    return last() ? `Round ${round} of ${last()} · ${labels}` : `Before the first query · ${labels}`
  }

  // As wide as the longest of its words, so that the range beside it keeps its width while they change.
  const reserve = () => {
    where.style.minWidth = ""
    where.textContent = words(last())
    where.style.minWidth = `${Math.ceil(where.getBoundingClientRect().width)}px`
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
    button("play").disabled = range.disabled = last() === 0
    const name = playing ? "Pause" : "Play"
    if (button("play").getAttribute("aria-label") !== name) button("play").setAttribute("aria-label", name)
    root.toggleAttribute("data-playing", playing)
    root.style.setProperty("--alcore-step", `${1000 / (ROUNDS_A_SECOND * Number(speed.value))}ms`)
    // What is known only at the end is hidden until then, also by the page around the player.
    root.toggleAttribute("data-future", index < last())
    toSpeak ??= setTimeout(speak, Math.max(150, SPEAK - (performance.now() - spoken)))
  }

  const show = (round) => {
    const focused = document.activeElement
    index = Math.min(Math.max(round, 0), last())
    paint()
    // A button that has just been disabled would take the keyboard with it.
    if (focused?.disabled && bar.contains(focused)) button("play").focus()
    chart.show(index)
  }

  const tick = (now) => {
    if (!playing) return
    if (now >= due) {
      due = Math.max(due, now - 50) + 1000 / (ROUNDS_A_SECOND * Number(speed.value))
      if (index + 1 >= last()) playing = false
      show(index + 1)
    }
    requestAnimationFrame(tick)
  }

  const play = (rest = 0) => {
    playing = true
    due = performance.now() + rest
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

  const rounds = {
    first: () => show(0),
    back: () => show(index - 1),
    play: () => (playing ? pause() : play()),
    forward: () => show(index + 1),
    last: () => show(last()),
  }
  const act = (name) => {
    if (name !== "play") playing = false
    rounds[name]()
  }
  for (const name of Object.keys(rounds)) button(name).onclick = () => act(name)
  button("save").onclick = () => {
    const link = document.createElement("a")
    link.href = URL.createObjectURL(new Blob([chart.picture()], { type: "image/svg+xml" }))
    link.download = `${figure.filename}-round${index}.svg`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 1000)
  }
  button("full").hidden = !document.fullscreenEnabled
  button("full").onclick = () =>
    document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()

  range.oninput = () => {
    playing = false
    show(Number(range.value))
  }
  bar.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === speed) return
    if (chart.zoomKey(event)) return event.preventDefault()
    // A button answers to the space bar and the range to the arrows by themselves.
    const keys = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last", " ": "play" }
    const name = keys[event.key]
    const own = event.key === " " ? event.target instanceof HTMLButtonElement : event.target === range
    if (!name || own) return
    event.preventDefault()
    act(name)
  }

  const draw = (next, round) => {
    index = round
    root.hidden = false // a hidden element has no width
    chart.load(next, index)
    figure = next
    reserve()
    paint()
    root.dataset.reel = next.stamp
  }

  const adopt = () => {
    if (reel?.token !== wanted || reel === figure) return
    if (waiting) open(reel)
    else if (figure) {
      figure = reel
      chart.load(figure, index)
      paint()
    }
  }

  // The first round; it plays to the end by itself, once, unless a question is to be answered before.
  const open = (next) => {
    const { opening, hold, below } = waiting
    waiting = null
    draw(Object.assign(next, { below }), 0)
    if (hold) return
    opened = opening
    play(START)
  }

  return {
    root,
    // Shows a figure. Equal tokens (another theme, another width) keep the frames; equal races keep the round:
    // the figure on the page stays until the new frames arrive. Another race opens on its last round; the first
    // figure of an `opening` on its first, to play by itself, unless the reader prefers reduced motion.
    load(next) {
      wanted = next.token
      waiting = null
      if (next.token === figure?.token) next = { ...next, traces: figure.traces, frames: figure.frames }
      const opens = next.opening && next.opening !== opened
      if (opens && (next.hold || !calm.matches)) {
        playing = false
        waiting = next
        held = next.hold
        if (next.frames) open(next)
        else adopt()
        return
      }
      if (opens) opened = next.opening
      if (next.race !== figure?.race || held) {
        held = false
        playing = false
        draw(next, next.labels.length - 1)
      } else if (index < last() && !next.frames) return adopt()
      else draw(next, index)
      if (!figure.frames) adopt()
    },
    // Gives the figure with the same token its frames.
    adopt(framed) {
      reel = framed
      adopt()
    },
    close() {
      playing = false
      clearTimeout(toSpeak)
      chart.close()
    },
  }
}

// In place of a player: the figure in words, for a browser that cannot draw it.
function sayInstead(root, alt) {
  const words = document.createElement("p")
  words.textContent = `This browser cannot draw the race; a current version of it can. ${alt}`
  root.replaceChildren(words)
  root.hidden = false
}
