// A cell per data set in the colours of the settings that win there: choose one, by a click or with the arrows.

const made = (name, properties, words = "") => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) element.setAttribute(key, value)
  element.textContent = words
  return element
}

// Equal stripes of the winners' colours.
function striped(marks) {
  const tints = marks.map(({ color }) => `color-mix(in srgb, ${color} 42%, transparent)`)
  if (tints.length === 1) return tints[0]
  const part = 100 / tints.length
  return `linear-gradient(115deg, ${tints.map((tint, i) => `${tint} ${i * part}% ${(i + 1) * part}%`).join(", ")})`
}

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".settings-grid")
  if (!host || !data) return
  const { rows, columns, cells, chosen } = data
  const focused = host.contains(document.activeElement)
  host.style.gridTemplateColumns = `max-content repeat(${columns.length}, minmax(0, 1fr))`
  const head = columns.map((words, i) => made("span", { class: "column" }, i ? words : `overlap ${words}`))
  host.replaceChildren(made("span", { class: "row" }, "Gain by data"), ...head)
  const buttons = cells.map((cell, i) => {
    const button = made("button", {
      type: "button", role: "radio", "aria-checked": i === chosen, title: cell.words, tabindex: -1,
      "aria-label": `${cell.words} Best: ${cell.winners}.`,
    })
    button.style.background = striped(cell.marks)
    const marks = made("span", { class: "marks", "aria-hidden": true }, cell.marks.map(({ glyph }) => glyph).join(""))
    button.append(marks)
    button.append(made("span", {}, cell.gain))
    button.onclick = () => setTriggerValue("cell", i)
    return button
  })
  const first = buttons[Math.max(0, chosen)]
  first.setAttribute("tabindex", 0)
  for (const [i, button] of buttons.entries()) {
    if (i % columns.length === 0) host.append(made("span", { class: "row" }, rows[i / columns.length]))
    host.append(button)
    button.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns.length, ArrowUp: -columns.length }[event.key]
      if (!step) return
      event.preventDefault()
      buttons[i + step]?.focus()
    }
  }
  const key = made("span", { class: "key" })
  key.append(`${data.note}Points over random: `)
  for (const [glyph, name, color] of data.key) {
    const mark = made("span", {}, glyph)
    mark.style.color = color
    key.append(mark, ` ${name} `)
  }
  host.append(key)
  if (focused) first.focus()
}
