// The player in a page of its own: shows the look for the reader's width and theme, and changes it with them.

const page = JSON.parse(document.getElementById("alcore-animation").textContent)
const root = document.querySelector(".alcore-play")
const narrow = matchMedia("(max-width: 640px)")
const dark = matchMedia("(prefers-color-scheme: dark)")

const look = () => page.looks[`${narrow.matches ? "narrow" : "wide"}-${dark.matches ? "dark" : "light"}`]

try {
  const player = makePlayer(root)
  const show = () => player.load({ ...look(), traces: page.traces, frames: page.frames })
  show()
  for (const query of [narrow, dark]) query.addEventListener("change", show)
} catch (error) {
  console.warn(error)
  sayInstead(root, look().alt)
}
