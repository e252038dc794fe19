// Invisible: loads the code of the player, once: as a module, or as an inline script where the browser's rules for this
// page refuse modules from memory.

let loaded = null

async function load(data) {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"))
  const text = await new Response(stream).text()
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }))
  try {
    await import(url)
  } catch (error) {
    console.warn(error)
    const script = document.createElement("script")
    script.textContent = `(() => {${text}})()`
    document.head.append(script)
    script.remove()
  } finally {
    URL.revokeObjectURL(url)
  }
  if (globalThis.alcorePlayer) return
  document.alcoreRefused = true
  document.dispatchEvent(new Event("alcore-refused"))
}

export default function ({ data }) {
  if (data && !globalThis.alcorePlayer) loaded ??= load(data).catch((error) => console.warn(error))
}
