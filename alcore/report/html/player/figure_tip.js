// What a point tells: its trace's template, filled in.
function saidOf(trace, at) {
  const width = trace.customdata?.shape ? Number(trace.customdata.shape.split(",")[1]) : 0
  const value = (name) => {
    const column = name.match(/^customdata\[(\d+)\]$/)
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
  if (format.endsWith("%")) return `${(100 * value).toFixed(digits)}%`
  if (format.endsWith("f")) return value.toFixed(digits)
  return format.endsWith("g") ? String(Number(value.toPrecision(digits))) : value.toFixed(0)
}
