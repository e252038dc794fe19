// The buttons of plotly's charts as one stop of the Tab key, zooms that outlive a chart, silent symbols, names of links, and
// chosen options.

// Plotly's seven buttons would be seven stops a chart, sixty where there are nine charts: arrow keys go along them.
function onKey(event) {
  const at = event.target.closest?.(".modebar-btn")
  if (!at || event.ctrlKey || event.metaKey || event.altKey) return
  const buttons = [...at.closest(".modebar").querySelectorAll(".modebar-btn")]
  // The browser goes on from the button that has the focus: from the last, or back from the first.
  if (event.key === "Tab") buttons.at(event.shiftKey ? 0 : -1).focus()
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
  if (!step) return
  event.preventDefault()
  buttons.at((buttons.indexOf(at) + step) % buttons.length).focus()
}

// Streamlit makes a chart anew whenever its data change, such as after every round of a run, and the zoom would be lost.
// It is kept by the chart's key while the axes mean the same.
const views = new Map() // key -> { sign, ranges }
const TRIES = 3
let page = ""

const keyOf = (plot) => plot.closest("[class*=st-key-]")?.className.match(/st-key-\S+/)?.[0]
const axesOf = (plot) => Object.entries(plot._fullLayout ?? {}).filter(([name]) => /^[xy]axis\d*$/.test(name))
const initial = (axis) => [axis._rangeInitial0 ?? null, axis._rangeInitial1 ?? null]

// What must be equal for a zoom to be kept: what is shown, and the whole range of its x axis.
function signOf(plot) {
  const { uirevision } = plot.layout
  const axes = axesOf(plot).filter(([name]) => uirevision === undefined || name.startsWith("x"))
  return JSON.stringify([uirevision, axes.map(([name, axis]) => [name, axis.title?.text, initial(axis)])])
}

const isZoomed = (axis) => !axis.autorange && String(axis.range) !== String(initial(axis))

function note(plot) {
  const zoomed = axesOf(plot).filter(([, axis]) => isZoomed(axis))
  const ranges = Object.fromEntries(zoomed.map(([name, axis]) => [name, [...axis.range]]))
  if (zoomed.length) views.set(keyOf(plot), { sign: signOf(plot), ranges })
  else views.delete(keyOf(plot))
}

// Plotly's own button that resets the axes sets the ranges: it takes them from where the initial ones are kept.
function apply(plot) {
  const view = views.get(keyOf(plot))
  const reset = plot.querySelector('.modebar-btn[data-attr="zoom"][data-val="reset"]')
  const axes = axesOf(plot)
  if (!view || !reset || view.sign !== signOf(plot) || axes.some(([, axis]) => isZoomed(axis))) return
  const before = axes.map(([name, axis]) => [name, axis._rangeInitial0, axis._rangeInitial1])
  for (const [name, axis] of axes) {
    if (view.ranges[name]) [axis._rangeInitial0, axis._rangeInitial1] = view.ranges[name]
  }
  reset.click()
  for (const [name, low, high] of before) {
    const axis = plot._fullLayout[name] // another object than before
    axis._rangeInitial0 = low
    axis._rangeInitial1 = high
  }
  views.set(keyOf(plot), view)
}

function watch(plot) {
  if (plot.alcoreWatched || !plot.on || !keyOf(plot)) return
  plot.alcoreWatched = true
  if (page !== location.pathname) views.clear()
  page = location.pathname
  let tries = 0
  plot.on("plotly_relayout", () => note(plot))
  plot.on("plotly_afterplot", () => tries++ < TRIES && apply(plot))
}

// Streamlit names a symbol in a sentence "thumb_up icon", which a screen reader would read before the words beside it.
const SYMBOL = 'span[role="img"][aria-label$=" icon"]'
const silence = (symbol) => symbol.setAttribute("aria-hidden", "true")

// Where there is no room for names, links to screens are symbols: the mouse shows the name. (A help of Streamlit's on each
// would make every page a tenth larger to go through, at every move of a control.)
const LINK = ".st-key-navigation a"
const title = (link) => { link.title = link.lastElementChild.textContent }

// Options side by side are one row that scrolls on a phone: the chosen one is in sight.
function reveal(option) {
  const row = option.closest('[role="radiogroup"]')
  if (!row || row.scrollWidth <= row.clientWidth) return
  const [outer, inner] = [row.getBoundingClientRect(), option.getBoundingClientRect()]
  if (inner.right > outer.right) row.scrollLeft += inner.right - outer.right
  if (inner.left < outer.left) row.scrollLeft -= outer.left - inner.left
}

const CHOSEN = '[role="radiogroup"] [role="radio"][aria-checked="true"]'
const revealLater = (option) => requestAnimationFrame(() => reveal(option))

function onClick(event) {
  const option = event.target.closest?.('[role="radiogroup"] [role="radio"]')
  if (option) reveal(option)
}

function within(node, selector) {
  return node.matches(selector) ? [node] : node.querySelectorAll(selector)
}

export default function () {
  if (document.alcoreInBrowser) return
  document.alcoreInBrowser = true
  document.addEventListener("keydown", onKey, true)
  document.addEventListener("click", onClick)
  document.querySelectorAll(SYMBOL).forEach(silence)
  document.querySelectorAll(LINK).forEach(title)
  document.querySelectorAll(CHOSEN).forEach(revealLater)
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (node.nodeType !== 1) continue
        for (const one of within(node, ".plot-container")) watch(one.parentElement)
        within(node, SYMBOL).forEach(silence)
        within(node, LINK).forEach(title)
        within(node, CHOSEN).forEach(revealLater)
      }
    }
  }).observe(document.body, { childList: true, subtree: true })
}
