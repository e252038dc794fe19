// Invisible: passes the frames of a figure to its player, which has drawn the figure without them.

let stamp = ""

export default function ({ data }) {
  if (!data) return
  const start = new TextDecoder().decode(data.subarray(10, 26))
  if (start === stamp) return
  stamp = start
  document.alcoreReel = JSON.parse(new TextDecoder().decode(data))
  document.dispatchEvent(new Event("alcore-reel"))
}
