// What a point tells: its trace's template, filled in.
// `pool` is the trace of the pool of its map, from which the numbers follow where they are not given.
function saidOf(trace, at, pool) {
  const width = trace.customdata?.shape ? Number(trace.customdata.shape.split(",")[1]) : 0
  const told = trace.customdata ? null : numbersOf(trace, at, pool)
  const value = (name) => {
    const column = name.match(/^customdata\[(\d+)\]$/)
    if (column && told) return told[Number(column[1])]
    return column ? numbers(trace.customdata)[at * width + Number(column[1])] : numbers(trace[name])[at]
  }
  const filled = trace.hovertemplate
    .replace("<extra></extra>", "")
    .replace(/%\{([^{:}]+)(?::([^{}]+))?\}/g, (_, name, format) => inWords(value(name), format))
  return linesOf(filled).map((line) => {
    const element = document.createElement("div")
    for (const [words, bold] of line) {
      const part = document.createElement(bold ? "b" : "span")
      part.textContent = words
      element.append(part)
    }
    return element
  })
}

// d3's formats, those that are used.
function inWords(value, format) {
  const digits = Number(format?.match(/\.(\d)/)?.[1])
  if (!format) return typeof value === "number" ? value.toLocaleString("en") : value
  if (format.endsWith("%")) return `${hundredths(value, digits || 0)} %`
  const words = format.endsWith("g") ? String(Number(value.toPrecision(digits))) : value.toFixed(digits || 0)
  return words.replaceAll("-", "−")
}

// The numbers of a point of the pool: its probabilities, the distance to the nearest label, its score and its rank.
function numbersOf(trace, at, pool) {
  if (!pool?.probs) return []
  const order = numbers(pool.order)
  const row = trace.meta === "pool" ? at : order[trace.meta === "next" ? pool.labels + at : at]
  const width = pool.probs.width ?? 1
  const own = [...pool.probs.subarray(row * width, (row + 1) * width)]
  const probs = (width === 1 ? [own[0], 1000 - own[0]] : own).map((part) => part / 1000)
  const [xs, ys] = [numbers(pool.x), numbers(pool.y)]
  let away = Infinity
  for (const other of order.slice(0, pool.labels)) {
    away = Math.min(away, Math.hypot(xs[other] - xs[row], ys[other] - ys[row]))
  }
  const rank = pool.ranked?.indexOf(row) ?? -1
  const score = rank < 0 ? NaN : Number(`${pool.digits[rank] - 999}e${pool.powers[rank] - 128}`)
  return [...probs, away, score, rank + 1]
}
