// The player as a Streamlit component. The frames of its figure come from `reel.js`, through the document.

const players = new WeakMap() // by the element that Streamlit gives the component
const failed = new WeakSet() // roots in which drawing failed

const figureOf = (bytes) => JSON.parse(new TextDecoder().decode(bytes))
const stampOf = (bytes) => new TextDecoder().decode(bytes.subarray(10, 26))

function playerIn(root, onPick) {
  const player = makePlayer(root, onPick)
  const adopt = () => document.alcoreReel && player.adopt(document.alcoreReel)
  document.addEventListener("alcore-reel", adopt)
  return {
    root,
    stamp: "", // of the figure loaded last
    load(bytes) {
      const stamp = stampOf(bytes)
      if (stamp === this.stamp) return
      this.stamp = stamp
      player.load(figureOf(bytes))
      adopt()
    },
    close() {
      document.removeEventListener("alcore-reel", adopt)
      player.close()
    },
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".alcore-play")
  if (!root || !data) return undefined
  const known = players.get(parentElement)
  try {
    if (known?.root !== root && !failed.has(root)) {
      known?.close()
      players.set(
        parentElement,
        playerIn(root, (race, point) => setTriggerValue("pick", { race, point })),
      )
    }
    if (!failed.has(root)) players.get(parentElement).load(data)
  } catch (error) {
    console.warn(error)
    failed.add(root)
    players.get(parentElement)?.close()
  }
  if (failed.has(root)) sayInstead(root, figureOf(data).alt)
  return () => {
    players.get(parentElement)?.close()
    players.delete(parentElement)
  }
}
