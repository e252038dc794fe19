// The gallery of questions, whose tiles can be chosen by a click or with the keyboard.

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  let box = parentElement.querySelector(".lab-gallery")
  if (!box) {
    box = document.createElement("div")
    box.className = "lab-gallery"
    parentElement.appendChild(box)
  }
  if (box.drawn !== data.html) {
    // Made by this program alone: every word in it was escaped there.
    box.innerHTML = data.html
    box.drawn = data.html
  }
  const list = box.querySelector(".alcore-gallery")
  if (!list) return
  list.setAttribute("role", "group")
  list.setAttribute("aria-label", data.says)
  for (const tile of list.children) {
    const chosen = Number(tile.dataset.index) === data.chosen
    tile.tabIndex = 0
    tile.setAttribute("role", "button")
    tile.setAttribute("aria-pressed", chosen)
    tile.setAttribute("aria-label", tile.querySelector("img").alt)
    tile.classList.toggle("chosen", chosen)
  }
  const choose = (event) => {
    const tile = event.target.closest("li[data-index]")
    if (!tile) return
    event.preventDefault()
    setTriggerValue("picked", Number(tile.dataset.index))
  }
  list.onclick = choose
  list.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === " ") choose(event)
  }
  if (data.chosen !== box.chosen && data.chosen !== null) {
    document.querySelector(".st-key-mnist_closeup")?.scrollIntoView({ block: "nearest" })
  }
  box.chosen = data.chosen
}
