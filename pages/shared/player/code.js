// Invisible: loads the code of the player, once.

let loaded = null

async function load(data) {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"))
  const script = new Blob([await new Response(stream).text()], { type: "text/javascript" })
  const url = URL.createObjectURL(script)
  await import(url)
  URL.revokeObjectURL(url)
}

export default function ({ data }) {
  if (data && !globalThis.alcorePlayer) loaded ??= load(data).catch((error) => console.warn(error))
}
