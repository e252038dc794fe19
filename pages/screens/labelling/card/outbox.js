// Answers on their way to the store: each is kept in the browser until the store has acknowledged it.

const RESEND_MS = 2500 // sends made while disconnected are dropped: without an answer the same goes out again
const LARGEST_BATCH = 200
const SLOW_MS = 4000 // unsaved for longer than this is told to the reader

function makeOutbox({ project, send, changed }) {
  // New for every page load: a duplicated tab must not continue the numbers of its original.
  const client = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("")
  const prefix = `alcore-answers:${project}:`
  const waiting = new Map() // "client:seq" -> operation
  let seq = 0
  let inFlight = false
  let timer = 0
  let since = 0 // of the oldest operation that waits
  let stored = true

  const nameOf = (one) => `${prefix}${one.client}:${one.seq}`

  function keep(one) {
    try {
      localStorage.setItem(nameOf(one), JSON.stringify(one))
    } catch {
      stored = false
    }
  }

  function forget(one) {
    try {
      localStorage.removeItem(nameOf(one))
    } catch {
      stored = false
    }
  }

  function recover() {
    try {
      for (let i = 0; i < localStorage.length; i++) {
        const name = localStorage.key(i)
        if (!name.startsWith(prefix)) continue
        const one = JSON.parse(localStorage.getItem(name))
        waiting.set(`${one.client}:${one.seq}`, one)
      }
    } catch {
      stored = false
    }
    if (waiting.size) since = Date.now()
  }

  function flush() {
    clearTimeout(timer)
    if (!waiting.size) {
      inFlight = false
      return changed()
    }
    const batch = [...waiting.values()].sort((a, b) => a.at - b.at || a.seq - b.seq).slice(0, LARGEST_BATCH)
    inFlight = true
    send(batch)
    timer = setTimeout(flush, RESEND_MS)
    changed()
  }

  recover()
  return {
    client,
    add(operation) {
      const one = { client, seq: ++seq, at: Date.now(), ...operation }
      keep(one) // before the next item is shown
      if (!waiting.size) since = one.at
      waiting.set(`${client}:${one.seq}`, one)
      if (!inFlight) flush()
      changed()
      return one
    },
    acknowledge(acked) {
      let some = false
      for (const [name, one] of waiting) {
        if (one.seq > (acked[one.client] ?? 0)) continue
        waiting.delete(name)
        forget(one)
        some = true
      }
      if (!some) return
      since = Date.now()
      flush()
    },
    start: flush,
    items: () => new Set([...waiting.values()].map((one) => one.item)),
    size: () => waiting.size,
    state() {
      if (!waiting.size) return { saved: true, text: "All saved" }
      const many = `${waiting.size} not saved yet`
      if (Date.now() - since < SLOW_MS) return { saved: false, text: many }
      return { saved: false, text: stored ? `${many}, kept in this browser` : `${many}: keep this page open` }
    },
    close: () => clearTimeout(timer),
  }
}
