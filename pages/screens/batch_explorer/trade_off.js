// Beside a map: what the batch is worth, as a headline, and mean uncertainty against worth as a plot.

const PLOT = { width: 440, height: 260, left: 40, right: 12, top: 12, bottom: 38 }

function buildSide(parent) {
  const headline = make("div", { class: "headline" }, parent)
  const words = make("div", { class: "words" }, headline)
  const bar = make("div", { class: "bar", "aria-hidden": "true" }, headline)
  const rest = make("div", { class: "soft" }, headline)
  const plot = make("svg", { class: "trade", viewBox: `0 0 ${PLOT.width} ${PLOT.height}`, role: "img" }, parent)
  return { headline, words, bar, rest, plot }
}

// Solid: worth. Hatched: what the best labels of this number would add.
function drawHeadline(side, told) {
  side.headline.title = told.help
  side.words.replaceChildren(`${told.labels} `, make("b", {}, null, told.worth))
  side.bar.replaceChildren(
    make("div", { class: "new", style: `width: ${100 * told.share}%` }),
    make("div", { class: "again", style: `width: ${100 * (1 - told.share)}%` }),
  )
  side.rest.textContent = told.rest
}

function drawTradeOff(side, trade) {
  const { width, height, left, right, top, bottom } = PLOT
  const [low, high] = trade.x
  const across = (x) => left + ((x - low) / (high - low)) * (width - left - right)
  const down = (y) => top + (1 - y / trade.most) * (height - top - bottom)
  const { plot } = side
  plot.replaceChildren()
  plot.setAttribute("aria-label", trade.says)
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * trade.most)
  for (const tick of ticks) {
    make("line", { class: "grid", x1: left, x2: width - right, y1: down(tick), y2: down(tick) }, plot)
    make("text", { x: left - 6, y: down(tick) + 4, class: "right" }, plot, String(Number(tick.toFixed(tick < 10 ? 2 : 1))))
  }
  make("text", { x: left, y: height - 20 }, plot, low.toFixed(2))
  make("text", { x: width - right, y: height - 20, class: "right" }, plot, high.toFixed(2))
  make("text", { x: (left + width - right) / 2, y: height - 4, class: "middle" }, plot, "mean uncertainty of the picks")
  const title = make("text", { class: "middle", transform: `translate(12 ${(top + height - bottom) / 2}) rotate(-90)` }, plot)
  title.textContent = "worth, in labels"
  make("polyline", { points: trade.path.map(([x, y]) => `${across(x)},${down(y)}`).join(" ") }, plot)
  // Names stand where they cover neither one another nor a dot; one without room is left to its dot's tooltip.
  const taken = trade.dots.map(({ at }) => ({ x: across(at[0]) - 7, y: down(at[1]) - 7, w: 14, h: 14 }))
  const free = (box) => box.x >= left && box.x + box.w <= width && box.y >= 0 && box.y + box.h <= height - bottom + 4 &&
    taken.every((o) => box.x >= o.x + o.w || o.x >= box.x + box.w || box.y >= o.y + o.h || o.y >= box.y + box.h)
  const dots = make("g", {}, plot)
  // The slider's batch covers dots and no name.
  side.here = make("g", { class: "here" }, plot)
  for (const { name, style, at } of trade.dots) {
    const [x, y] = [across(at[0]), down(at[1])]
    const group = make("g", { transform: `translate(${x} ${y})` }, dots)
    make("path", { d: style.shape, fill: style.color, class: "dot", transform: "scale(6)" }, group)
    make("title", {}, group, `${name}: uncertainty ${at[0].toFixed(2)}, worth ${at[1].toFixed(1)} labels`)
    const w = 6.9 * name.length
    const places = [[9, -8], [-9 - w, -8], [-w / 2, 9], [-w / 2, -24], [9, 7], [-9 - w, 7], [9, -22], [-9 - w, -22]]
    const room = places.find(([dx, dy]) => free({ x: x + dx, y: y + dy, w, h: 15 }))
    if (!room) continue
    const [dx, dy] = room
    taken.push({ x: x + dx, y: y + dy, w, h: 15 })
    make("text", { x: x + dx, y: y + dy + 12, class: "name" }, plot, name)
  }
  side.place = ([x, y], style) => {
    side.here.replaceChildren(make("path", { d: style.shape, fill: style.color, transform: "scale(9)" }))
    side.here.style.transform = `translate(${across(Math.min(Math.max(x, low), high))}px, ${down(Math.min(Math.max(y, 0), trade.most))}px)`
  }
}
