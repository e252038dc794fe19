// What stands around the traces of a figure: frames, axes, titles and the legend.

const LEGEND_ROW = 20

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

function axes(pane) {
  const { left, top, wide, high, xaxis, yaxis } = pane
  if (xaxis.showticklabels === false) {
    return rectangle(pane, `class="frame" fill="none" ${paint("stroke", xaxis.linecolor)}`)
  }
  const stroke = paint("stroke", xaxis.gridcolor)
  const line = (...ends) => {
    const [x1, y1, x2, y2] = ends.map(round)
    return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" ${stroke}/>`
  }
  const across = ticksOf(pane.x, Math.max(2, Math.min(12, wide / 60)), 1).map((value) => {
    const x = pane.across(value)
    const words = round(value).toLocaleString("en")
    return line(x, top, x, top + high) + text(words, x, top + high + 15, 'text-anchor="middle"')
  })
  const up = ticksOf(pane.y, yaxis.nticks).map((value) => {
    const y = pane.down(value)
    const words = `${round(100 * value)}%`
    return line(left, y, left + wide, y) + text(words, left - 5, y, 'dy=".35em" text-anchor="end"')
  })
  const middle = 'text-anchor="middle" font-size="14"'
  const title = text(xaxis.title.text, left + wide / 2, top + high + 36, middle)
  return `<g font-size="12">${across.join("")}${up.join("")}</g>${title}`
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

// Words over a panel are as small as it takes to leave the next panel its own.
function note({ text: words, x, y, xanchor, font }, place, room, measure) {
  const lines = linesOf(words)
  const wide = lines.map((line) =>
    line.reduce((sum, [part, , small]) => sum + (measure(part) * font.size * (small ? 0.75 : 1.06)) / 12, 0),
  )
  const size = xanchor === "left" ? font.size : font.size * Math.min(1, room / Math.max(...wide))
  const anchor = xanchor === "left" ? "start" : "middle"
  const bottom = place.down(y) - 6
  return lines
    .map((line, i) => {
      const spans = line.map(([part, bold, small]) => {
        const look = `${bold ? 'font-weight="600"' : ""} ${small ? `font-size="${0.75 * size}"` : ""}`
        return `<tspan ${look}>${escaped(part)}</tspan>`
      })
      const at = `x="${round(place.across(x))}" y="${round(bottom - 1.15 * size * (lines.length - 1 - i))}"`
      return `<text class="note" ${at} text-anchor="${anchor}" font-size="${size}">${spans.join("")}</text>`
    })
    .join("")
}

// How a trace looks, for the legend.
function sign({ mode, marker, line }, x, y, symbols) {
  if (mode.includes("markers")) {
    return mark({ ...marker, size: Math.min(14, marker.size) }, symbols, x + 15, y, "")
  }
  const width = Math.min(3, line.width)
  return `<path d="M${round(x)} ${round(y)}h30" ${strokeOf({ ...line, width }, width)}/>`
}

// In rows from the right, the last row just above the curves, beside the words that are there.
function legend(figure, place, measure) {
  const bottom = place.down(figure.layout.legend.y)
  const words = figure.layout.annotations.filter(
    ({ xanchor, y }) => xanchor === "left" && Math.abs(place.down(y) - bottom) < LEGEND_ROW / 2,
  )
  const plain = (one) => runs(one.text).map((run) => run?.[0] ?? "").join("")
  const taken = words.map((one) => (measure(plain(one)) * one.font.size) / 12 + 20)
  const room = place.wide - Math.max(0, ...taken)
  const entries = figure.data.filter((trace) => trace.name && trace.showlegend !== false)
  const rows = [[]]
  let used = 0
  for (const trace of entries) {
    const wide = 34 + measure(trace.name) + 12
    if (used && used + wide > room) {
      rows.push([])
      used = 0
    }
    rows.at(-1).push([trace, wide])
    used += wide
  }
  return rows
    .map((row, i) => {
      let x = place.across(1) - row.reduce((sum, [, wide]) => sum + wide, 0)
      const y = bottom - LEGEND_ROW * (rows.length - i - 0.5)
      return row
        .map(([trace, wide]) => {
          const left = x
          x += wide
          return sign(trace, left, y, figure.symbols) + text(trace.name, left + 34, y, 'dy=".35em"')
        })
        .join("")
    })
    .join("")
}

// All of it but what the traces draw; each trace has a place of its own, by its number.
function frameOf(figure, panes, width, height, measure, name) {
  const { layout, data } = figure
  const { l, r, t, b } = layout.margin
  const [wide, high] = [width - l - r, height - t - b]
  const place = { wide, across: (x) => l + x * wide, down: (y) => t + (1 - y) * high }
  const body = panes.map((pane) => {
    const own = data.flatMap((trace, i) =>
      trace.xaxis === `x${pane.number}` ? [`<g class="trace" data-trace="${i}"></g>`] : [],
    )
    const clip = `${name}-${pane.number || 1}`
    const inside = `<g clip-path="url(#${clip})">${own.join("")}</g>`
    return (
      `<clipPath id="${clip}">${rectangle(pane)}</clipPath>` +
      `<g class="pane" data-pane="${pane.number}">${axes(pane)}${inside}</g>`
    )
  })
  const rooms = layout.annotations.map(({ y }) => wide / layout.annotations.filter((one) => one.y === y).length)
  const words = layout.annotations.map((one, i) => note(one, place, rooms[i] - 10, measure)).join("")
  const signs = `<g font-size="12">${legend(figure, place, measure)}</g>`
  const look = `font-family="${escaped(layout.font.family)}" fill="${layout.font.color}"`
  return `<g ${look}>${body.join("")}${words}${signs}</g>`
}
