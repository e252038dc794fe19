// Draws a figure of scatter traces on linear axes as SVG, read from the description that plotly would be given,
// as far as `alcore.report.figures_2d` uses it: plotly takes longer to begin anew than a slider may wait.

const ARRAYS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, i2: Int16Array, u1: Uint8Array }
// The palette's shapes are equally large; plotly's, for which the sizes are meant, have equal radii.
const TRIM = { "triangle-up": 0.75, "triangle-down": 0.75, star: 0.9 }
const LEGEND_ROW = 20
const decoded = new WeakMap()

function numbers(value) {
  if (!value?.bdata) return value ?? []
  let found = decoded.get(value)
  if (!found) {
    const text = atob(value.bdata)
    const bytes = new Uint8Array(text.length)
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
    found = new ARRAYS[value.dtype](bytes.buffer)
    decoded.set(value, found)
  }
  return found
}

const escaped = (text) =>
  String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c])
const round = (value) => Math.round(value * 10) / 10

// Plotly's small HTML as runs of text: [words, bold, small] or a line break.
function runs(text) {
  let bold = false
  let small = false
  return text.split(/(<\/?(?:b|sup)>|<br>)/).flatMap((part) => {
    if (part === "<br>") return [null]
    const tag = part.match(/^<(\/?)(b|sup)>$/)
    if (tag?.[2] === "b") bold = !tag[1]
    else if (tag) small = !tag[1]
    else if (part) {
      const plain = part.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name])
      return [[plain, bold, small]]
    }
    return []
  })
}

// An opaque colour and an opacity, which every program that reads SVG knows.
function paint(name, colour) {
  const parts = colour.match(/^rgba\(([^)]*),([^,)]*)\)$/)
  return parts ? `${name}="rgb(${parts[1]})" ${name}-opacity="${parts[2].trim()}"` : `${name}="${colour}"`
}

function dashes(line) {
  const unit = Math.max(line.width, 3)
  const parts = { dot: [1, 1], dash: [3, 3], longdash: [5, 5], dashdot: [3, 1, 1, 1], longdashdot: [5, 2, 1, 2] }
  const found = parts[line.dash]
  return found ? `stroke-dasharray="${found.map((part) => part * unit).join(" ")}"` : ""
}

// Where each pair of axes lies, in pixels; `views` are the ranges that a reader has zoomed to.
function panesOf(layout, width, height, views) {
  const { l, r, t, b } = layout.margin
  const across = width - l - r
  const up = height - t - b
  const numbersOf = Object.keys(layout).flatMap((key) => (key.startsWith("xaxis") ? [key.slice(5)] : []))
  return numbersOf.map((number) => {
    const xaxis = layout[`xaxis${number}`]
    const yaxis = layout[`yaxis${number}`]
    const [x0, x1] = views[number]?.x ?? xaxis.range
    const [y0, y1] = views[number]?.y ?? yaxis.range
    let left = l + xaxis.domain[0] * across
    let wide = (xaxis.domain[1] - xaxis.domain[0]) * across
    const top = t + (1 - yaxis.domain[1]) * up
    let high = (yaxis.domain[1] - yaxis.domain[0]) * up
    if (yaxis.scaleanchor) {
      const scale = Math.min(wide / (x1 - x0), high / (y1 - y0))
      left += (wide - scale * (x1 - x0)) / 2
      wide = scale * (x1 - x0)
      high = scale * (y1 - y0)
    }
    return {
      number, xaxis, yaxis, left, top, wide, high, x: [x0, x1], y: [y0, y1],
      across: (value) => left + ((value - x0) / (x1 - x0)) * wide,
      down: (value) => top + high - ((value - y0) / (y1 - y0)) * high,
      valueAt: (px, py) => [x0 + ((px - left) / wide) * (x1 - x0), y0 + ((top + high - py) / high) * (y1 - y0)],
    }
  })
}

function pathOf(trace, pane, end) {
  const x = numbers(trace.x)
  const y = numbers(trace.y)
  let path = ""
  let pen = "M"
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (Number.isNaN(x[i]) || Number.isNaN(y[i])) {
      if (pen === "L") path += end
      pen = "M"
    } else {
      path += `${pen}${round(pane.across(x[i]))} ${round(pane.down(y[i]))}`
      pen = "L"
    }
  }
  return pen === "L" ? path + end : path
}

function mark(marker, symbols, x, y, what) {
  const rim = marker.line ?? {}
  const radius = (marker.size / 2) * (TRIM[marker.symbol] ?? 1)
  const upright = marker.symbol === "line-ns"
  const path = upright ? "M0-1V1" : symbols[marker.symbol ?? "circle"]
  return (
    `<path ${what} transform="translate(${round(x)} ${round(y)}) scale(${radius})" d="${path}" ` +
    `${upright || marker.color === "rgba(0,0,0,0)" ? 'fill="none"' : paint("fill", marker.color)} ` +
    `stroke="${rim.color ?? "none"}" stroke-width="${rim.width ?? 0}" vector-effect="non-scaling-stroke"/>`
  )
}

function marks(trace, pane, symbols) {
  const x = numbers(trace.x)
  const y = numbers(trace.y)
  const points = []
  const words = []
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (Number.isNaN(x[i])) continue
    const px = pane.across(x[i])
    const py = pane.down(y[i])
    points.push(mark(trace.marker, symbols, px, py, 'class="point"'))
    if (trace.mode.includes("text") && trace.text[i]) {
      words.push(`<text x="${round(px)}" y="${round(py)}" dy=".35em">${escaped(trace.text[i])}</text>`)
    }
  }
  const font = trace.textfont
  if (!words.length) return points.join("")
  return `${points.join("")}<g text-anchor="middle" font-size="${font.size}" fill="${font.color}">${words.join("")}</g>`
}

function drawn(trace, pane, symbols) {
  const mode = trace.mode ?? "lines"
  if (trace.fill === "toself") {
    return `<path class="fill" ${paint("fill", trace.fillcolor)} d="${pathOf(trace, pane, "Z")}"/>`
  }
  if (mode === "lines") {
    const { color, width } = trace.line
    return `<path class="line" fill="none" ${paint("stroke", color)} stroke-width="${width}" ${dashes(trace.line)} d="${pathOf(trace, pane, "")}"/>`
  }
  return mode.includes("markers") ? marks(trace, pane, symbols) : ""
}

function ticksOf([low, high], most) {
  const rough = (high - low) / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * [1, 2, 5, 10].find((one) => one * power >= rough)
  const found = []
  for (let i = Math.ceil(low / step); i * step <= high; i++) found.push(i * step)
  return found
}

function axes(pane) {
  const { left, top, wide, high, xaxis, yaxis } = pane
  if (xaxis.showticklabels === false) {
    return `<rect class="frame" x="${round(left)}" y="${round(top)}" width="${round(wide)}" height="${round(high)}" fill="none" ${paint("stroke", xaxis.linecolor)}/>`
  }
  const line = (x1, y1, x2, y2) =>
    `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${paint("stroke", xaxis.gridcolor)}/>`
  const lines = []
  const words = []
  for (const value of ticksOf(pane.x, Math.max(2, Math.min(12, wide / 60)))) {
    const x = pane.across(value)
    lines.push(line(x, top, x, top + high))
    words.push(`<text x="${round(x)}" y="${round(top + high + 15)}" text-anchor="middle">${round(value).toLocaleString("en")}</text>`)
  }
  for (const value of ticksOf(pane.y, yaxis.nticks)) {
    const y = pane.down(value)
    lines.push(line(left, y, left + wide, y))
    words.push(`<text x="${round(left - 5)}" y="${round(y)}" dy=".35em" text-anchor="end">${Math.round(100 * value)}%</text>`)
  }
  const title = `<text class="title" x="${round(left + wide / 2)}" y="${round(top + high + 36)}" text-anchor="middle" font-size="14">${escaped(xaxis.title.text)}</text>`
  return `${lines.join("")}<g font-size="12">${words.join("")}</g>${title}`
}

function notes(layout, width, height) {
  const { l, r, t, b } = layout.margin
  return layout.annotations.map((note) => {
    const x = l + note.x * (width - l - r)
    const bottom = t + (1 - note.y) * (height - t - b) - 6
    const lines = [[]]
    for (const run of runs(note.text)) {
      if (run) lines.at(-1).push(run)
      else lines.push([])
    }
    const anchor = note.xanchor === "left" ? "start" : "middle"
    return lines.map((line, i) => {
      const spans = line.map(
        ([words, bold, small]) =>
          `<tspan ${bold ? 'font-weight="600"' : ""} ${small ? `font-size="${0.75 * note.font.size}"` : ""}>${escaped(words)}</tspan>`,
      )
      const y = bottom - 1.15 * note.font.size * (lines.length - 1 - i)
      return `<text class="note" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${note.font.size}">${spans.join("")}</text>`
    }).join("")
  }).join("")
}

// In rows from the right, the last row just above the curves.
function legend(figure, width, height, measure) {
  const { layout, data, symbols } = figure
  const { l, r, t, b } = layout.margin
  const entries = data.filter((trace) => trace.name && trace.showlegend !== false)
  const rows = [[]]
  let used = 0
  for (const trace of entries) {
    const wide = 34 + measure(trace.name) + 12
    if (used && used + wide > width - l - r) {
      rows.push([])
      used = 0
    }
    rows.at(-1).push([trace, wide])
    used += wide
  }
  const bottom = t + (1 - layout.legend.y) * (height - t - b)
  return rows.map((row, i) => {
    let x = width - r - row.reduce((sum, [, wide]) => sum + wide, 0)
    const y = bottom - LEGEND_ROW * (rows.length - i - 0.5)
    return row.map(([trace, wide]) => {
      const sign = trace.mode.includes("markers")
        ? mark({ ...trace.marker, size: Math.min(14, trace.marker.size) }, symbols, x + 15, y, "")
        : `<line x1="${round(x)}" x2="${round(x + 30)}" y1="${round(y)}" y2="${round(y)}" ${paint("stroke", trace.line.color)} stroke-width="${Math.min(3, trace.line.width)}" ${dashes(trace.line)}/>`
      const words = `<text x="${round(x + 34)}" y="${round(y)}" dy=".35em" font-size="12">${escaped(trace.name)}</text>`
      x += wide
      return sign + words
    }).join("")
  }).join("")
}

// All of it but what the traces draw; each trace has a place of its own, by its number.
function frameOf(figure, panes, width, height, measure, name) {
  const { layout, data } = figure
  const family = escaped(layout.font.family)
  const body = panes.map((pane) => {
    const own = data.flatMap((trace, i) =>
      trace.xaxis === `x${pane.number}` ? [`<g class="trace" data-trace="${i}"></g>`] : [],
    )
    const clip = `${name}-${pane.number || 1}`
    const box = `x="${round(pane.left)}" y="${round(pane.top)}" width="${round(pane.wide)}" height="${round(pane.high)}"`
    return (
      `<clipPath id="${clip}"><rect ${box}/></clipPath>` +
      `<g class="pane" data-pane="${pane.number}">${axes(pane)}<g clip-path="url(#${clip})">${own.join("")}</g></g>`
    )
  }).join("")
  const words = notes(layout, width, height) + legend(figure, width, height, measure)
  return `<g font-family="${family}" fill="${layout.font.color}">${body}${words}</g>`
}
