// Invisible: passes a figure with all its traces, or its frames, to its player, which has drawn the figure without them.

function passing(kind) {
  let stamp = ""
  return async ({ data }) => {
    if (!data) return
    const { stampOf, unpacked } = (await code.catch(() => null)) ?? {}
    if (!unpacked) return
    const own = stampOf(data)
    if (own === stamp) return
    stamp = own
    const found = await unpacked(data)
    if (own !== stamp) return
    const { reel, frames } = (document.alcoreParts = { ...document.alcoreParts, [kind]: found })
    if (reel?.token !== frames?.token) return
    document.alcoreReel = { ...reel, frames: frames.frames }
    document.dispatchEvent(new Event("alcore-reel"))
  }
}

