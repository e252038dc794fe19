// Two mounts of one component on one page: that of the polling fragment publishes the number of rounds; that of the
// drawing fragment requests a redraw when it is larger than the number drawn. While the page is visible the first also
// requests its own rerun at intervals: the server's timers are sometimes lost when the whole page runs.

const PATIENCE = 7000 // smallest interval between two drawings in ms: fast rounds must not keep the server drawing

export default function (component) {
  const { data, setStateValue } = component
  if (data.says !== undefined) {
    // Kept for a mount that subscribes later.
    window.alcoreRounds = data
    window.dispatchEvent(new Event("alcore-rounds"))
    const tick = () => document.hidden || setStateValue("ticked", Date.now())
    // A single clock: this function is called again with every answer, sometimes without its clean-up.
    clearInterval(window.alcoreClock)
    const clock = setInterval(tick, data.every)
    window.alcoreClock = clock
    return () => clearInterval(clock)
  }
  const drawnAt = performance.now()
  let later = 0
  const check = () => {
    const { race, says } = window.alcoreRounds ?? {}
    if (race !== data.race || !(says > data.drawn)) return
    clearTimeout(later)
    // Delayed requests are aligned to the clock: tabs that request at the same moment share the server's results.
    const early = performance.now() - drawnAt < PATIENCE
    const wait = early ? PATIENCE - (Date.now() % PATIENCE) : 0
    later = setTimeout(() => setStateValue("outdated", window.alcoreRounds.says), wait)
  }
  window.addEventListener("alcore-rounds", check)
  check()
  return () => {
    clearTimeout(later)
    window.removeEventListener("alcore-rounds", check)
  }
}
