// Two mounts of one component on one page: the part that polls says how many rounds there are, and the part
// that draws asks to be drawn again when that is more than it has drawn. The first also has itself run again and
// again while the page can be seen: the server's own timers are lost now and then when the whole page runs.

const PATIENCE = 7000 // ms between two drawings: fast rounds must not keep the server drawing

export default function (component) {
  const { data, setStateValue } = component
  if (data.says !== undefined) {
    // Kept as well, for who comes to listen later.
    window.alcoreRounds = data
    window.dispatchEvent(new Event("alcore-rounds"))
    const tick = () => document.hidden || setStateValue("ticked", Date.now())
    // One clock a page: this function is called again with every answer, and not always cleaned up before.
    clearInterval(window.alcoreClock)
    const clock = setInterval(tick, data.every)
    window.alcoreClock = clock
    return () => clearInterval(clock)
  }
  const drawnAt = performance.now()
  let later = 0
  const hear = () => {
    const { race, says } = window.alcoreRounds ?? {}
    if (race !== data.race || !(says > data.drawn)) return
    clearTimeout(later)
    // Who has to wait is drawn by the clock: tabs that ask at one moment share what the server works out.
    const early = performance.now() - drawnAt < PATIENCE
    const wait = early ? PATIENCE - (Date.now() % PATIENCE) : 0
    later = setTimeout(() => setStateValue("heard", window.alcoreRounds.says), wait)
  }
  window.addEventListener("alcore-rounds", hear)
  hear()
  return () => {
    clearTimeout(later)
    window.removeEventListener("alcore-rounds", hear)
  }
}
