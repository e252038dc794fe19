// The code of the player, once it is there.
const code = new Promise((done) => {
  const found = () => globalThis.alcorePlayer && done(globalThis.alcorePlayer)
  document.addEventListener("alcore-player", found)
  found()
})

