// The player as a Streamlit component. The frames of its figure come from `reel.js`, through the document.

const players = new WeakMap() // by the element that Streamlit gives the component
const failed = new WeakSet() // roots in which drawing failed

function playerIn(root, onPick) {
  let player = null
  let stamp = "" // of the figure loaded last
  let closed = false
  const adopt = () => document.alcoreReel && player?.adopt(document.alcoreReel)
  document.addEventListener("alcore-reel", adopt)
  return {
    root,
    // Of figures that come one after the other only the latest is drawn.
    async load(bytes) {
      const { makePlayer, stampOf, unpacked } = await code
      const own = stampOf(bytes)
      if (own === stamp || closed) return
      stamp = own
      const figure = await unpacked(bytes)
      if (own !== stamp || closed) return
      player ??= makePlayer(root, onPick)
      player.load(figure)
      adopt()
    },
    close() {
      closed = true
      document.removeEventListener("alcore-reel", adopt)
      player?.close()
    },
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".alcore-play")
  if (!root || !data) return undefined
  const instead = async () => {
    try {
      const { sayInstead, unpacked } = await code
      sayInstead(root, (await unpacked(data)).alt)
    } catch {
      root.textContent =
        "This browser does not run the player on this page. The verdict and the numbers are below; Export has the " +
        "curves and the animation."
      root.hidden = false
    }
  }
  if (failed.has(root)) instead()
  else {
    if (players.get(parentElement)?.root !== root) {
      players.get(parentElement)?.close()
      players.set(
        parentElement,
        playerIn(root, (race, point) => setTriggerValue("pick", { race, point })),
      )
    }
    const player = players.get(parentElement)
    player.load(data).catch((error) => {
      console.warn(error)
      failed.add(root)
      player.close()
      instead()
    })
  }
  return () => {
    players.get(parentElement)?.close()
    players.delete(parentElement)
  }
}
