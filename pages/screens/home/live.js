// A recorded race in a loop, drawn by the arena's renderer (`makeChart`). It rests on its last round where the reader
// prefers reduced motion, and pauses while it is out of sight.

const ROUNDS_A_SECOND_LIVE = 3
const REST = 3000 // ms on the last round

const films = new WeakMap() // by the element that Streamlit gives the component

function filmIn(root) {
  const chart = makeChart(root.querySelector(".alcore-figure"))
  const words = root.querySelector(".live-words")
  const button = root.querySelector(".live-button")
  const calm = matchMedia("(prefers-reduced-motion: reduce)")
  let film = null
  let at = 0
  let playing = false
  let inSight = true
  let timer = 0

  const last = () => film.labels.length - 1

  const show = (round) => {
    at = round
    chart.show(round)
    const [one, other] = film.racers.map(({ accuracy }) => inPercent(accuracy[round]))
    const bold = document.createElement("b")
    bold.textContent = `${film.labels[round]} labels: ${one} against ${other}`
    words.replaceChildren(bold)
    root.dataset.round = round
  }

  const wait = () => {
    clearTimeout(timer)
    if (!playing || !inSight) return
    timer = setTimeout(
      () => {
        show(at === last() ? 0 : at + 1)
        wait()
      },
      at === last() ? REST : 1000 / ROUNDS_A_SECOND_LIVE,
    )
  }

  const play = (wanted) => {
    playing = wanted
    root.toggleAttribute("data-playing", playing)
    button.setAttribute("aria-label", playing ? "Pause" : "Play")
    wait()
  }

  button.onclick = () => play(!playing)
  const sight = new IntersectionObserver(([entry]) => {
    inSight = entry.isIntersecting
    wait()
  })
  sight.observe(root)
  const onCalm = () => calm.matches && play(false)
  calm.addEventListener("change", onCalm)

  return {
    root,
    load(next) {
      if (next.stamp === film?.stamp) return
      const first = film === null
      film = next
      root.hidden = false // a hidden element has no width
      if (first) at = calm.matches ? last() : 0
      chart.load(film, Math.min(at, last()))
      show(Math.min(at, last()))
      if (first) play(!calm.matches)
    },
    close() {
      clearTimeout(timer)
      sight.disconnect()
      calm.removeEventListener("change", onCalm)
      chart.close()
    },
  }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".live")
  if (!root || !data) return undefined
  let film = films.get(parentElement)
  if (film?.root !== root) {
    film?.close()
    film = filmIn(root)
    films.set(parentElement, film)
  }
  film.load(JSON.parse(new TextDecoder().decode(data)))
  return () => {
    films.get(parentElement)?.close()
    films.delete(parentElement)
  }
}
