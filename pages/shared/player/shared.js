// The code of the player, for the components beside it.
globalThis.alcorePlayer = { makePlayer, sayInstead, stampOf, unpacked }
document.dispatchEvent(new Event("alcore-player"))
