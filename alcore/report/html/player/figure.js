// Draws scatter traces on linear axes as SVG. The description is a subset of plotly's, as far as
// `alcore.report.interactive.arena` uses it: plotly takes longer to draw anew than a slider may wait.

const ARRAYS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, i2: Int16Array, u2: Uint16Array, u1: Uint8Array }
// The palette's shapes are equally large; plotly's, for which the sizes are meant, have equal radii.
const TRIM = { "triangle-up": 0.75, "triangle-down": 0.75, star: 0.9 }
const DASHES = {
  dot: [1, 1],
  dash: [3, 3],
  longdash: [5, 5],
  dashdot: [3, 1, 1, 1],
  longdashdot: [5, 2, 1, 2],
}
const NOTED = 200 // pixels of width from which a map has words for what is drawn under it
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
  const found = DASHES[line.dash]
  return found ? `stroke-dasharray="${found.map((part) => part * unit).join(" ")}"` : ""
}

const strokeOf = (line, width) =>
  `${paint("stroke", line.color)} stroke-width="${width}" ${dashes(line)}`

// Where each pair of axes lies, in pixels; `views` are the ranges that a reader has zoomed to. Maps are not distorted.
function panesOf(layout, { boxes, scale }, views) {
  return axesOf(layout).map((number) => {
    const xaxis = layout[`xaxis${number}`]
    const yaxis = layout[`yaxis${number}`]
    const isMap = xaxis.showticklabels === false
    const [x0, x1] = views[number]?.x ?? xaxis.range
    const [y0, y1] = views[number]?.y ?? yaxis.range
    let { left, top, wide, high } = boxes[number]
    if (isMap) {
      const unit = Math.min(wide / (x1 - x0), high / (y1 - y0))
      left += (wide - unit * (x1 - x0)) / 2
      top += (high - unit * (y1 - y0)) / 2
      wide = unit * (x1 - x0)
      high = unit * (y1 - y0)
    }
    // Marks grow with their map, but less.
    const size = isMap ? Math.min(1.4, Math.max(0.6, scale ** 0.75)) : 1
    const place = { number, xaxis, yaxis, isMap, left, top, wide, high, size, x: [x0, x1], y: [y0, y1] }
    return {
      ...place,
      across: (value) => left + ((value - x0) / (x1 - x0)) * wide,
      down: (value) => top + high - ((value - y0) / (y1 - y0)) * high,
      valueAt: (px, py) => [
        x0 + ((px - left) / wide) * (x1 - x0),
        y0 + ((top + high - py) / high) * (y1 - y0),
      ],
    }
  })
}

// A trace of the curves up to a round: the future is hidden. A band is its lower ends and back along its upper ends.
function grown(trace, labels) {
  const x = numbers(trace.x)
  const y = numbers(trace.y)
  const keep = [...x.keys()].filter((i) => x[i] <= labels)
  return { ...trace, x: keep.map((i) => x[i]), y: keep.map((i) => y[i]) }
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

// Each number lies on its own mark: of marks on one another the last is to be read.
function marks(trace, pane, symbols) {
  const x = numbers(trace.x)
  const y = numbers(trace.y)
  const numbered = trace.mode.includes("text")
  const marker = { ...trace.marker, size: pane.size * trace.marker.size }
  const parts = []
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (Number.isNaN(x[i])) continue
    const px = pane.across(x[i])
    const py = pane.down(y[i])
    parts.push(mark(marker, symbols, px, py, 'class="point"'))
    if (numbered && trace.text[i]) {
      const small = trace.text[i].length > 2 ? ' font-size="78%"' : ""
      const place = `x="${round(px)}" y="${round(py)}" dy=".35em"`
      parts.push(`<text ${place}${small}>${escaped(trace.text[i])}</text>`)
    }
  }
  if (!numbered) return parts.join("")
  const { size, color } = trace.textfont
  return `<g text-anchor="middle" font-size="${round(pane.size * size)}" fill="${color}">${parts.join("")}</g>`
}

// What the next round labels: circles that pulse while the race plays.
function nextPoints(trace, pane) {
  const y = numbers(trace.y)
  return [...numbers(trace.x)]
    .map((x, i) => [pane.across(x), pane.down(y[i])])
    .filter(([px]) => !Number.isNaN(px))
    .map(([px, py]) => `<circle class="next" cx="${round(px)}" cy="${round(py)}" r="${round(7 * pane.size)}"/>`)
    .join("")
}

// Words at places of a map.
function notes(trace, pane) {
  if (pane.wide < NOTED && trace.textposition === "start") return ""
  const y = numbers(trace.y)
  const look = `text-anchor="${trace.textposition}" font-size="${round(Math.max(9, pane.size * trace.textfont.size))}"`
  const words = [...numbers(trace.x)].map((x, i) => {
    const place = `x="${round(pane.across(x))}" y="${round(pane.down(y[i]))}"`
    return `<text class="strip" ${place} fill="${trace.textfont.color}">${escaped(trace.text[i])}</text>`
  })
  return `<g ${look}>${words.join("")}</g>`
}

// What a trace draws, as SVG; what flows comes from the right by as much as it moved since the round before.
function drawn(trace, pane, symbols) {
  if (trace.meta !== "flows") return shapesOf(trace, pane, symbols)
  const move = round(pane.across(trace.move) - pane.across(0))
  return `<g class="flows" style="--move: ${move}px">${shapesOf({ ...trace, meta: "" }, pane, symbols)}</g>`
}

function shapesOf(trace, pane, symbols) {
  const mode = trace.mode ?? "lines"
  if (trace.meta === "next") return nextPoints(trace, pane)
  if (mode === "text") return notes(trace, pane)
  if (trace.fill === "toself") {
    return `<path class="fill" ${paint("fill", trace.fillcolor)} d="${pathOf(trace, pane, "Z")}"/>`
  }
  if (mode === "lines") {
    const stroke = strokeOf(trace.line, trace.line.width)
    const climbs = trace.meta === "climbs" ? 'class="line climbs" pathLength="1"' : 'class="line"'
    return `<path ${climbs} fill="none" ${stroke} d="${pathOf(trace, pane, "")}"/>`
  }
  return mode.includes("markers") ? marks(trace, pane, symbols) : ""
}
