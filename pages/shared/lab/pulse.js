// Two mounts of one component on one page: the part that polls says how many rounds there are, and the part
// that draws asks to be drawn again when that is more than it has drawn.

const PATIENCE = 3000 // ms between two drawings: fast rounds must not keep the server drawing

export default function (component) {
  const { data, parentElement, setStateValue } = component
  const host = parentElement.host ?? parentElement
  if (data.says !== undefined) {
    window.dispatchEvent(new CustomEvent("alcore-rounds", { detail: data.says }))
    return
  }
  const drawnAt = performance.now()
  let later = 0
  const hear = ({ detail }) => {
    clearTimeout(later)
    if (detail === data.drawn) return
    const wait = Math.max(0, drawnAt + PATIENCE - performance.now())
    later = setTimeout(() => setStateValue("heard", detail), wait)
  }
  window.addEventListener("alcore-rounds", hear)
  host.dataset.drawn = data.drawn
  return () => {
    clearTimeout(later)
    window.removeEventListener("alcore-rounds", hear)
  }
}
