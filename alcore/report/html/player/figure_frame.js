// What stands around the traces of a figure: frames, axes, titles and the legend.

function text(words, x, y, options = "") {
  return `<text x="${round(x)}" y="${round(y)}" ${options}>${escaped(words)}</text>`
}

// `least` is the smallest step: there are no halves of labels.
function ticksOf([low, high], most, least = 0) {
  const rough = Math.max((high - low) / most, least)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * [1, 2, 5, 10].find((one) => one * power >= rough)
  const found = []
  for (let i = Math.ceil(low / step); i * step <= high; i++) found.push(i * step)
  return found
}

function rectangle({ left, top, wide, high }, options = "") {
  const [x, y, width, height] = [left, top, wide, high].map(round)
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" ${options}/>`
}

function axes(pane, type) {
  const { left, top, wide, high, xaxis, yaxis } = pane
  if (xaxis.showticklabels === false) {
    return rectangle(pane, `class="frame" fill="none" ${paint("stroke", xaxis.linecolor)}`)
  }
  const stroke = paint("stroke", xaxis.gridcolor)
  const line = (...ends) => {
    const [x1, y1, x2, y2] = ends.map(round)
    return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" ${stroke}/>`
  }
  const across = ticksOf(pane.x, Math.max(2, Math.min(12, wide / (60 * type))), 1).map((value) => {
    const x = pane.across(value)
    const words = (round(value) + 0).toLocaleString("en")
    return line(x, top, x, top + high) + text(words, x, top + high + 14 * type, 'text-anchor="middle"')
  })
  // No accuracy is below 0 % or above 100 %, where the axis has some room.
  const shares = ticksOf(pane.y, yaxis.nticks).filter((value) => value > -1e-9 && value < 1 + 1e-9)
  const up = shares.map((value) => {
    const y = pane.down(value)
    const words = `${round(100 * value)} %`
    return line(left, y, left + wide, y) + text(words, left - 5, y, 'dy=".35em" text-anchor="end"')
  })
  const middle = `text-anchor="middle" font-size="${13 * type}"`
  const title = text(xaxis.title.text, left + wide / 2, top + high + 31 * type, middle)
  return `<g font-size="${12 * type}">${across.join("")}${up.join("")}</g>${title}`
}

// Words as lines of runs.
function linesOf(words) {
  const lines = [[]]
  for (const run of runs(words)) {
    if (run) lines.at(-1).push(run)
    else lines.push([])
  }
  return lines
}

// The name of a racer over its map, with the marker of its curve; as small as it takes to fit.
function titleOf({ text: words, marker }, pane, symbols, type, measure) {
  const lines = linesOf(words)
  const usual = 15 * type
  const wide = lines.map((line) =>
    line.reduce((sum, [part, bold, small]) => sum + (measure(part, bold ? 600 : 400) * usual * (small ? 0.75 : 1)) / 12, 0),
  )
  const size = usual * Math.min(1, (pane.wide - 24 * type) / Math.max(...wide))
  const half = ((wide[0] / usual) * size) / 2
  // In the middle of its map, or further right where the marker would leave the map.
  const middle = Math.max(pane.left + pane.wide / 2, pane.left + 22 * type + half)
  const bottom = pane.top - 7 * type
  const beside = middle - half - 16 * type
  const sign = mark({ ...marker, size: 12 * type }, symbols, beside, bottom - 1.15 * size * (lines.length - 1) - 0.36 * size, "")
  return (
    sign +
    lines
      .map((line, i) => {
        const spans = line.map(([part, bold, small]) => {
          const look = `${bold ? 'font-weight="600"' : ""} ${small ? `font-size="${0.75 * size}"` : ""}`
          return `<tspan ${look}>${escaped(part)}</tspan>`
        })
        const at = `x="${round(middle)}" y="${round(bottom - 1.15 * size * (lines.length - 1 - i))}"`
        return `<text class="note" ${at} text-anchor="middle" font-size="${size}">${spans.join("")}</text>`
      })
      .join("")
  )
}

// How a trace looks, for the legend.
function sign({ mode, marker, line }, x, y, symbols) {
  if (mode.includes("markers")) return mark({ ...marker, size: Math.min(14, marker.size) }, symbols, x + 9, y, "")
  return `<path d="M${round(x)} ${round(y)}h20" ${strokeOf({ ...line, width: 2 }, 2)}/>`
}

// What stands on the maps, in a row over the curves, from the right.
function legend(figure, place, wide, measure) {
  const { heading, type, narrow } = place
  const entries = figure.data.filter((trace) => trace.name && trace.showlegend !== false)
  const widths = entries.map((trace) => 26 + (measure(trace.name) + 14) * type)
  const whole = widths.reduce((sum, one) => sum + one, 0)
  const fit = Math.min(1, wide / whole) // smaller, where a phone has no room for all
  const y = heading + (narrow ? 34 : 16) * type
  let x = 0
  const signs = entries.map((trace, i) => {
    const left = x
    x += widths[i]
    return sign(trace, left, 0, figure.symbols) + text(trace.name, left + 24, 0, 'dy=".35em"')
  })
  const left = narrow ? 0 : wide - fit * whole
  return `<g transform="translate(${round(left)} ${round(y)}) scale(${fit})">${signs.join("")}</g>`
}

// All of it but what the traces draw; each trace has a place of its own, by its number, and so do the words of a round.
function frameOf(figure, panes, place, wide, measure, name) {
  const { layout, data } = figure
  const { type } = place
  const body = panes.map((pane) => {
    const own = data.flatMap((trace, i) =>
      trace.xaxis === `x${pane.number}` ? [`<g class="trace" data-trace="${i}"></g>`] : [],
    )
    const clip = `${name}-${pane.number || 1}`
    const inside = `<g clip-path="url(#${clip})">${own.join("")}</g>`
    const picked = layout.meta.pick === `x${pane.number}` ? " data-pick" : ""
    return (
      `<clipPath id="${clip}">${rectangle(pane)}</clipPath>` +
      `<g class="pane" data-pane="${pane.number}"${picked}>${axes(pane, type)}${inside}</g>`
    )
  })
  const titles = layout.meta.titles.map((one, i) => titleOf(one, panes[i], figure.symbols, type, measure)).join("")
  const signs = `<g font-size="${12 * type}">${legend(figure, place, wide, measure)}</g>`
  const look = `font-family="${escaped(layout.font.family)}" fill="${layout.font.color}"`
  return `<g ${look}>${body.join("")}${titles}${signs}<g class="words"></g></g>`
}

const NEAR_ENDS = 60 // pixels
const SAMPLE = 14 // pixels of a piece of a curve before its name, and the gap after it
const SHORT = 9 // letters of names that have room on a phone
const BESIDE_LEGEND = 0.65 // of the width

// Ties are rounded up, as by `percent` of alcore/report/phrases.py; the inner rounding removes floating-point errors.
const hundredths = (share, places) => {
  const unit = 10 ** places
  return (Math.floor(Math.round(100 * share * unit * 1e6) / 1e6 + 0.5) / unit).toFixed(places)
}
const inPercent = (share) => `${hundredths(share, 1)} %`

// The curves of a figure: of each racer its name, marker, labels and accuracies.
const curvesOf = (figure) => figure.data.filter((trace) => trace.meta === "grows" && trace.mode === "lines")

// The numbers of a round: over the curves, and at the end of each curve beside its name.
function wordsOf(figure, pane, place, shown, measure) {
  const { type, narrow, heading, letters } = place
  const curves = curvesOf(figure)
  const now = curves.map((curve) => inPercent(curve.y[Math.min(shown, curve.y.length - 1)]))
  const where = figure.layout.meta.words?.[shown] ?? `round ${shown}`
  // Of more than two curves each number has its name, if there is room beside the legend.
  const many = curves.length > 2
  const named = curves.map((curve, i) => `${shortened(curve.name, letters)} ${now[i]}`)
  const all = `: ${many ? named.join(", ") : now.join(" against ")}`
  // The ends of the curves say it as well: where there is no room it is left out.
  const room = (pane.left + pane.wide + endWidth(figure, place, measure)) * (many ? BESIDE_LEGEND : 1)
  const fits = (1.25 * type * measure(`Test accuracy · ${where}${all}`)) < room
  const said = (narrow && many) || ((narrow || many) && !fits) ? "" : all
  const head =
    `<text class="now" x="0" y="${round(heading + 20 * type)}" font-size="${14 * type}">` +
    `<tspan font-weight="600">Test accuracy</tspan><tspan> · ${escaped(where + said)}</tspan></text>`
  const step = 15 * type
  const ends = curves
    .map((curve, i) => {
      const last = Math.min(shown, curve.y.length - 1)
      const words = endWords(curve, curve.y[last], place, curves)
      return { words, curve, x: pane.across(curve.x[last]), y: pane.down(curve.y[last]) }
    })
    .sort((one, other) => one.y - other.y)
  // Beside the furthest of curves that end near one another.
  const far = Math.max(...ends.map(({ x }) => x))
  for (const end of ends) if (far - end.x < NEAR_ENDS) end.x = far
  // From the top down, no two nearer than a line; then all as far up as it takes to stay on the panel.
  for (const [i, end] of ends.entries()) if (i) end.y = Math.max(end.y, ends[i - 1].y + step)
  const over = Math.max(0, ends.at(-1).y - (pane.top + pane.high - 6 * type))
  const labels = ends.map(({ words, curve, x, y }) => {
    const left = Math.max(pane.left, x + 12)
    const look = `class="end" dy=".35em" font-size="${12 * type}"`
    if (!many) return text(words, left, y - over, look)
    // A word that made way for others is beside the marker of another curve: a piece of its own says whose it is.
    const piece = `M${round(left)} ${round(y - over)}h${SAMPLE - 4}`
    const line = `<path d="${piece}" stroke="${curve.line.color}" stroke-width="3" fill="none"/>`
    return line + text(words, left + SAMPLE, y - over, look)
  })
  return head + labels.join("")
}

const shortened = (name, letters) => (name.length > letters ? `${name.slice(0, letters - 1)}…` : name)

// The words at the end of a curve. On a narrow screen its number alone, or with names that are short a rounded one.
const endWords = ({ name }, share, { narrow, letters }, curves) => {
  if (!narrow) return `${shortened(name, letters)} ${inPercent(share)}`
  const short = curves.length > 2 && curves.every((curve) => curve.name.length <= SHORT)
  return short ? `${name} ${hundredths(share, 0)} %` : inPercent(share)
}

// The width that the words at the ends of the curves need.
const endWidth = (figure, place, measure) => {
  const curves = curvesOf(figure)
  const widths = curves.map((curve) => measure(endWords(curve, 1, place, curves), 600))
  return 16 + (curves.length > 2 ? SAMPLE : 0) + place.type * Math.max(...widths)
}
