// Invisible: passes every position of the slider to the one that has been drawn with the first.

export default function ({ data }) {
  if (!data) return
  document.alcoreBatches = data
  document.dispatchEvent(new Event("alcore-batches"))
}
