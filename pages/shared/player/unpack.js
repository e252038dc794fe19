// Reads what `alcore.report.interactive.packing` has packed.

const KINDS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, i2: Int16Array, u2: Uint16Array, u1: Uint8Array }
const EMPTY_PLACE = 8191

const stampOf = (bytes) => new TextDecoder().decode(bytes.subarray(0, 16))

// Whole numbers in two planes, low bytes first; in `moved` ones each is a difference to the number before.
function wholes(bytes, moved) {
  const count = bytes.length / 2
  const found = new Uint16Array(count)
  for (let i = 0; i < count; i++) found[i] = bytes[i] + 256 * bytes[count + i] + (moved && i ? found[i - 1] : 0)
  return found
}

const positions = (found, low, step) =>
  Float32Array.from(found, (whole) => (whole === EMPTY_PLACE ? NaN : low + whole * step))

async function unpacked(bytes) {
  // Written to the stream as it is: a blob of it would cost the page ten milliseconds.
  const inflating = new DecompressionStream("deflate")
  const writer = inflating.writable.getWriter()
  writer.write(bytes.subarray(16))
  writer.close()
  const whole = new Uint8Array(await new Response(inflating.readable).arrayBuffer())
  const end = 4 + new DataView(whole.buffer).getUint32(0, true)
  const array = ({ dtype, at, n, planes, low, step, shape }) => {
    const own = whole.slice(end + at, end + at + n)
    const found = planes ? wholes(own, planes === 2) : new KINDS[dtype](own.buffer)
    if (step !== undefined) return positions(found, low, step)
    if (shape) found.width = Number(shape.split(",")[1])
    return found
  }
  const figure = JSON.parse(new TextDecoder().decode(whole.subarray(4, end)), (_, value) => {
    if (value?.at === undefined || !value.dtype) return value
    return Object.assign(array(value), { past: value.past })
  })
  // Thousandths are differences to those of the frame before.
  for (let i = 0; i < (figure.frames?.[0].length ?? 0); i++) {
    let before = null
    for (const frame of figure.frames) {
      const { probs } = frame[i]
      if (!probs) continue
      if (probs.past) for (let k = 0; k < probs.length; k++) probs[k] += before[k]
      before = probs
    }
  }
  return { ...figure, stamp: stampOf(bytes) }
}
