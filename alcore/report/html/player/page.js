// The player in a page of its own: shows the look for the reader's theme, and changes it with that.

const page = JSON.parse(document.getElementById("alcore-animation").textContent)
const root = document.querySelector(".alcore-play")
const dark = matchMedia("(prefers-color-scheme: dark)")

const look = () => page.looks[dark.matches ? "dark" : "light"]

try {
  const player = makePlayer(root)
  const show = () => player.load({ ...look(), traces: page.traces, frames: page.frames })
  show()
  dark.addEventListener("change", show)
} catch (error) {
  console.warn(error)
  sayInstead(root, look().alt)
}
