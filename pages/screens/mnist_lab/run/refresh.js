// Two mounts of one component on one page: that of the polling fragment publishes the number of rounds; that of the
// drawing fragment requests a redraw when it is larger than the number drawn. While the page is visible the first also
// requests its own rerun at intervals: the server's timers are sometimes lost when the whole page runs.

const PATIENCE = 7000 // smallest interval between two drawings in ms: fast rounds must not keep the server drawing

// What each mounted element asks for at each tick. This function is called again with every answer, and an element
// that is being replaced may be called, or cleaned up, after its successor: so no call stops the clock of another.
const ticks = (window.alcoreTicks ??= new Map())

export default function (component) {
  const { data, parentElement, setStateValue } = component
  if (data.says !== undefined) {
    // Kept for a mount that subscribes later.
    window.alcoreRounds = data
    window.dispatchEvent(new Event("alcore-rounds"))
    const tick = () => setStateValue("ticked", Date.now())
    ticks.set(parentElement, tick)
    window.alcoreClock ??= setInterval(tickAll, data.every)
    return () => ticks.get(parentElement) === tick && ticks.delete(parentElement)
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

function tickAll() {
  for (const element of ticks.keys()) if (!element.isConnected) ticks.delete(element)
  if (!document.hidden) for (const tick of ticks.values()) tick()
}
