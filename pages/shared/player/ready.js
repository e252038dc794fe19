// The code of the player, once it is there; rejected where the browser refuses it.
const code = new Promise((done, fail) => {
  const found = () => globalThis.alcorePlayer && done(globalThis.alcorePlayer)
  const refused = () => document.alcoreRefused && fail(new Error("the code of the player was refused"))
  document.addEventListener("alcore-player", found)
  document.addEventListener("alcore-refused", refused)
  found()
  refused()
})
code.catch(() => {}) // those who wait for it have their own answer

