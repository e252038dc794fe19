// Where the parts of a figure stand, from the room there is: maps beside one another, the learning curves below.

const NARROW = 560 // pixels of width below which two maps share a row
const CURVES_LEAST = 230 // pixels that the curves keep, before the maps take what they can
const CURVES_LOW = 120 // whatever the screen
const CURVES_MOST = 260
const CURVES_SHARE = 0.42 // of the room, where that is less
const MAP_LEAST = 90
const ROOMY = 800 // pixels of width from which names at the ends of curves have room
const LETTERS = 26 // longest name there otherwise
const LETTERS_ROOMY = 40
const MAP_HEIGHT = 340 // of a map for which the sizes of marks are given

// The numbers of the axes, "" first; the last are those of the curves.
const axesOf = (layout) => Object.keys(layout).flatMap((key) => (key.startsWith("xaxis") ? [key.slice(5)] : []))

// `room` is the height that would fit on the screen; the figure is as high as that or lower, unless there is too little.
// `type` is the size of the type, 1 for the usual.
function arrange(layout, wide, room, type) {
  const axes = axesOf(layout)
  const all = axes.slice(0, -1)
  const narrow = wide < NARROW
  // On a phone the map that takes clicks is as wide as the screen, and the last.
  const wanted = all.filter((number) => narrow && layout.meta.pick === `x${number}`)
  const maps = all.filter((number) => !wanted.includes(number))
  const gap = narrow ? 8 : 16
  const lines = Math.max(...layout.meta.titles.map(({ text }) => linesOf(text).length))
  const title = (8 + 18 * lines) * type
  const heading = (narrow ? 48 : 30) * type
  const foot = 36 * type
  const [x0, x1] = layout.xaxis.range
  const [y0, y1] = layout.yaxis.range
  const aspect = (x1 - x0) / (y1 - y0)
  const large = wanted.length ? title + gap + wide / aspect : 0
  // Of several ways to share the width on a phone the one with the largest maps.
  const ways = narrow ? [2, 3] : [maps.length]
  const laid = ways.map((most) => {
    const columns = Math.max(1, Math.min(most, maps.length))
    const rows = Math.ceil(maps.length / columns)
    const fixed = rows * title + (rows - 1) * gap + large + heading + foot
    const column = (wide - gap * (columns - 1)) / columns
    const least = Math.min(CURVES_LEAST, (layout.meta.curves ?? CURVES_SHARE) * (room - fixed))
    const high = Math.max(MAP_LEAST, Math.min(column / aspect, (room - fixed - least) / rows))
    return { columns, rows, fixed, high, across: Math.min(column, high * aspect) }
  })
  const { columns, rows, fixed, high, across } = laid.reduce((one, other) => (other.across > one.across ? other : one))
  const curves = Math.max(CURVES_LOW, Math.min(CURVES_MOST, room - fixed - rows * high))
  const left = (wide - columns * across - gap * (columns - 1)) / 2
  // The last row may hold fewer maps: it is in the middle.
  const missing = (i) => (i < columns * (rows - 1) ? 0 : columns * rows - maps.length)
  const boxes = Object.fromEntries(
    maps.map((number, i) => [
      number,
      {
        left: left + ((i % columns) + missing(i) / 2) * (across + gap),
        top: title + Math.floor(i / columns) * (title + high + gap),
        wide: across,
        high: across / aspect,
      },
    ]),
  )
  const below = rows * (title + high) + (rows - 1) * gap
  for (const number of wanted) {
    boxes[number] = { left: 0, top: below + gap + title, wide, high: wide / aspect }
  }
  const top = below + large + heading
  const ticks = 40 * type
  boxes[axes.at(-1)] = { left: ticks, top, wide: wide - ticks, high: curves }
  const letters = wide < ROOMY ? LETTERS : LETTERS_ROOMY
  return { boxes, heading: top - heading, height: top + curves + foot, narrow, letters, type, scale: high / MAP_HEIGHT }
}
